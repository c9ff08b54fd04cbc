/** A tap that comes this soon after another, in milliseconds, and this near to it, in pixels, is the second half of a double tap. */
const soon = 300;
const near = 24;

/**
 * Makes one tap of a double tap. Many people tap everything twice, and the second tap would fall on what came in the place of the first: the
 * explanation would be gone before it was read, a choice taken back, a deletion agreed to. What is done with keys always counts.
 */
export function createCalm() {
	let last = { at: -Infinity, x: 0, y: 0 };
	let mouse = false;
	let second = false;
	return {
		/** A finger or the mouse goes down. */
		down({ pointerType, timeStamp, clientX, clientY }: PointerEvent): void {
			mouse = pointerType === 'mouse';
			second = timeStamp - last.at < soon && Math.hypot(clientX - last.x, clientY - last.y) < near;
		},
		/** Lets a click through, or takes it away from everything on the screen. A mouse counts its clicks by itself. */
		click(event: MouseEvent): void {
			if (event.detail === 0) return; // by a key, or by a label for its control
			if (mouse ? event.detail % 2 === 0 : second) {
				event.preventDefault();
				event.stopImmediatePropagation();
			} else last = { at: event.timeStamp, x: event.clientX, y: event.clientY };
		}
	};
}
