export const load = ({ params }) => ({ course: params.course });
