import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';

/** A host that only has files: the app and a folder of packs, no endpoint. */
export async function fileHost(packs: string): Promise<{ url: string; close: () => void }> {
	const [app, shelf] = [sirv('build/app', { single: '200.html' }), sirv(packs)];
	const server = createServer((request, response) => {
		const none = () => void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404 Not Found</h1>');
		if (request.method !== 'GET') return none();
		if (!request.url!.startsWith('/packs/')) return void app(request, response, none);
		request.url = request.url!.slice('/packs'.length);
		shelf(request, response, none);
	}).listen(0);
	await once(server, 'listening');
	return {
		url: `http://localhost:${(server.address() as AddressInfo).port}`,
		close() {
			server.closeAllConnections();
			server.close();
		}
	};
}
