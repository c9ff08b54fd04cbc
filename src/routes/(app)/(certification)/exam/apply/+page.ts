export const load = ({ url }) => ({ course: url.searchParams.get('course') ?? undefined });
