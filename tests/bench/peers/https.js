// https.js KEY CERT ADDRESS PORT: takes gzipped JSON by POST; answers 204 when it has all of it, and prints its rows.
const https = require('https');
const fs = require('fs');
const zlib = require('zlib');

const [key, cert, address, port] = process.argv.slice(2);

function take(request, response) {
	const parts = [];
	request.on('data', (part) => parts.push(part));
	request.on('end', () => {
		const rows = JSON.parse(zlib.gunzipSync(Buffer.concat(parts)));
		console.log('rows', rows.length);
		response.writeHead(204).end();
	});
}

https
	.createServer({key: fs.readFileSync(key), cert: fs.readFileSync(cert)}, take)
	.listen(Number(port), address, () => console.log('listening'));
