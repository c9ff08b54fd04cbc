import type { Flag } from '#core/office.ts';
import type { I18n } from '../../i18n.svelte.ts';

/** What looks odd in an attempt, in words, with its figure and unit (`core/statistics.ts` says which), and the other attempt that it is about. */
export function flagged({ t, number }: Pick<I18n, 't' | 'number'>, { flag, detail = '' }: Flag): { text: string; other?: string } {
	const [first = '', second = ''] = detail.split(/[/ ]/);
	const long = (value: string, unit: 'second' | 'minute') =>
		number(Number(value), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 });
	const words = t(`office.flag.${flag}`);
	const told = (...figures: string[]) => ({ text: detail ? `${words} (${figures.join(', ')})` : words });
	switch (flag) {
		case 'fast':
			return told(long(first, 'second'));
		case 'slow':
		case 'clock':
			return told(long(first, 'minute'));
		case 'left':
			return told(t('office.flag.times', { count: Number(first) }), long(second, 'second'));
		case 'resumed':
			return told(t('office.flag.times', { count: Number(first) }));
		case 'copied': {
			const other = detail.split(' ')[1];
			return { ...told(t('office.flag.same', { same: first, wrong: second })), ...(other ? { other } : {}) };
		}
		case 'second':
			return { text: words, ...(detail ? { other: detail } : {}) };
		default:
			return { text: words };
	}
}
