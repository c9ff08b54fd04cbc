export const load = ({ url }) => ({ part: url.searchParams.get('part') ?? undefined });
