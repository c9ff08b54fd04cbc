export const load = ({ params }) => ({ form: params.form });
