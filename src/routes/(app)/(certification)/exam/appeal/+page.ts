export const load = ({ url }) => ({ attempt: url.searchParams.get('attempt') ?? undefined });
