// visits.js - the rows of a CSV file as JSON objects, numbers as numbers, empty answers left out.
const fs = require('fs');

exports.read = function (path) {
	const [head, ...rows] = fs.readFileSync(path, 'utf8').trimEnd().split(/\r?\n/);
	const names = head.split(',');
	return rows.map((row) => {
		const visit = {};
		row.split(',').forEach((answer, i) => {
			if (answer !== '') visit[names[i]] = /^-?\d+(\.\d+)?$/.test(answer) ? Number(answer) : answer;
		});
		return visit;
	});
};

// node visits.js FILE.csv: one JSON array
if (require.main === module) console.log(JSON.stringify(exports.read(process.argv[2])));
