export const load = ({ params }) => ({ application: params.application });
