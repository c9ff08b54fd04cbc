export const load = ({ params }) => ({ session: params.session });
