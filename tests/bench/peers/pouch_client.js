// pouch_client.js FILE.csv URL: the visits as documents of a local PouchDB, replicated to URL. Prints "ready" when they
// are in the local one; replicates when a line comes on standard input; prints "written N".
const PouchDB = require('pouchdb-core')
	.plugin(require('pouchdb-adapter-memory'))
	.plugin(require('pouchdb-adapter-http'))
	.plugin(require('pouchdb-replication'));
const {read} = require('./visits.js');

const [file, url] = process.argv.slice(2);
const db = new PouchDB('visits', {adapter: 'memory'});

async function replicate() {
	const done = await db.replicate.to(url, {batch_size: 1000});
	console.log('written', done.docs_written);
	process.exit(0);
}

db.bulkDocs(read(file).map((visit, i) => ({_id: String(i + 1).padStart(6, '0'), ...visit}))).then(() => {
	console.log('ready');
	process.stdin.once('data', () => replicate().catch((e) => {
		console.error(e);
		process.exit(1);
	}));
});
