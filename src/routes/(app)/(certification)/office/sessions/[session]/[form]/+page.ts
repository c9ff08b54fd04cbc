export const load = ({ params }) => ({ session: params.session, form: params.form });
