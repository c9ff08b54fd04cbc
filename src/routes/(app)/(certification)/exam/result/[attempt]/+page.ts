export const load = ({ params }) => ({ attempt: params.attempt });
