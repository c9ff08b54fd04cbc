export const load = ({ params }) => ({ appeal: params.appeal });
