// pouch_server.js ADDRESS PORT: express-pouchdb, in memory.
const express = require('express');
const PouchDB = require('pouchdb-core')
	.plugin(require('pouchdb-adapter-memory'))
	.plugin(require('pouchdb-mapreduce'))
	.plugin(require('pouchdb-replication'));

const [address, port] = process.argv.slice(2);
const app = express();

app.use('/', require('express-pouchdb')(PouchDB.defaults({adapter: 'memory'}), {
	mode: 'minimumForPouchDB',
	inMemoryConfig: true,
	logPath: 'pouch_server.txt',
}));
app.listen(Number(port), address, () => console.log('listening'));
