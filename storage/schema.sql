-- schema.sql - the database of one node, version 4 (PRAGMA user_version). It is run over databases of earlier versions
-- too: what is there stays, what is new is added. 2 has weight, deadline, f__origin, f__submission and rollup*; 3 has
-- rollup_day and boundary; 4 has contact and the person of f__same.
--
-- Synced tables come in three classes, told by their names: f_FORM hold open records,
-- p_FORM the personal questions of the same records, and the tables under "ref" what
-- everybody works with. In every synced table column 0 is the row's id and column 1 its
-- scope: the row id of the unit whose nodes see the row. Synced tables are written only
-- through tx_begin() (store.h) and by merging packs; everything else here is local.

-- ---- ref: synced, class ref ---------------------------------------------------------

CREATE TABLE IF NOT EXISTS unit (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,        -- the parent; for the root unit itself
	code TEXT NOT NULL,            -- official code; reused over the years, so never a key alone
	valid_from TEXT NOT NULL,      -- first day, YYYY-MM-DD
	valid_to TEXT,                 -- last day, or NULL while in force
	name TEXT NOT NULL,            -- NFC
	level TEXT NOT NULL,           -- province, district, commune, village
	parent INTEGER,                -- unit, NULL for the root
	households INTEGER,            -- expected number of households, where known
	population INTEGER             -- people, where known
) STRICT;
CREATE INDEX IF NOT EXISTS unit_code ON unit(code);
CREATE INDEX IF NOT EXISTS unit_parent ON unit(parent);

CREATE TABLE IF NOT EXISTS successor (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	unit INTEGER NOT NULL,         -- the unit that ended
	became INTEGER NOT NULL,       -- the unit that took it over
	day TEXT NOT NULL              -- first day of the new one, YYYY-MM-DD
) STRICT;

CREATE TABLE IF NOT EXISTS form (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	code TEXT NOT NULL,            -- XLSForm form_id; names the tables f_CODE and p_CODE
	version INTEGER NOT NULL,      -- rises by one at each change
	label TEXT NOT NULL,           -- JSON object, language -> title
	key_question TEXT,             -- the question that names a record to people, unique in its unit
	date_question TEXT,            -- the question that dates a record, for "latest as of"
	language TEXT                  -- of labels that a calculation stores; NULL: the first
) STRICT;

CREATE TABLE IF NOT EXISTS question (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	form INTEGER NOT NULL,
	ord INTEGER NOT NULL,          -- place in the sheet
	name TEXT NOT NULL,            -- XLSForm name
	type TEXT NOT NULL,            -- XLSForm type, without the list: today, barcode...
	list TEXT,                     -- choice list, or the form a select_one_from_file picks from
	section INTEGER,               -- the question row of the group or repeat that holds it
	tbl TEXT,                      -- table of its answers; NULL for notes and groups
	col TEXT,                      -- column there
	colno INTEGER,                 -- column number there; never changes, only grows
	version INTEGER NOT NULL,      -- form version that brought it
	label TEXT NOT NULL,           -- JSON object, language -> text
	hint TEXT,                     -- JSON object
	required INTEGER NOT NULL,     -- 1: an answer must be given
	personal INTEGER NOT NULL,     -- 1: lives in p_CODE and never leaves its commune
	read_only INTEGER NOT NULL,
	appearance TEXT,
	preset TEXT,                   -- XLSForm default
	relevant TEXT,                 -- XLSForm expressions, as written
	check_expr TEXT,
	check_message TEXT,            -- JSON object
	calculation TEXT,
	choice_filter TEXT,
	required_expr TEXT,            -- where required holds only sometimes
	required_message TEXT,         -- JSON object
	repeat_count TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS question_form ON question(form, ord);

CREATE TABLE IF NOT EXISTS choice (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	form INTEGER NOT NULL,
	list TEXT NOT NULL,
	ord INTEGER NOT NULL,
	name TEXT NOT NULL,            -- what is stored
	label TEXT NOT NULL,           -- JSON object, language -> text
	more TEXT                      -- JSON object of the sheet's other columns, for choice filters
) STRICT;
CREATE INDEX IF NOT EXISTS choice_list ON choice(form, list, name);

CREATE TABLE IF NOT EXISTS indicator (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	code TEXT NOT NULL,
	ord INTEGER NOT NULL,          -- order in a report
	label TEXT NOT NULL,           -- JSON object, language -> title
	form TEXT NOT NULL,            -- form code whose latest records are counted
	latest_by TEXT NOT NULL,       -- column that names the thing: the latest record of each counts
	numerator TEXT NOT NULL,       -- SQL aggregate over those records
	denominator TEXT NOT NULL,     -- the same; may be :villages, :communes, :households; '': a plain number
	counts TEXT NOT NULL,          -- what is counted: people, households, villages, teams
	direction TEXT NOT NULL        -- up: more is better; down: less is
) STRICT;

CREATE TABLE IF NOT EXISTS target (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	indicator INTEGER NOT NULL,
	unit INTEGER NOT NULL,         -- holds for this unit and those under it without their own
	year INTEGER NOT NULL,
	share REAL NOT NULL,           -- 0 to 1
	document TEXT                  -- the decision or plan that sets it
) STRICT;

CREATE TABLE IF NOT EXISTS weight (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	indicator INTEGER NOT NULL,
	weight REAL NOT NULL           -- what it counts beside the others in a score (score.h); 0: nothing
) STRICT;

-- When reports are due (period.h), as the root says; of two for a kind the later row.
CREATE TABLE IF NOT EXISTS deadline (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	kind TEXT NOT NULL,            -- month, quarter, half, year
	months INTEGER NOT NULL,       -- after the period's last month,
	day INTEGER NOT NULL           -- before this day of that one
) STRICT;

CREATE TABLE IF NOT EXISTS node (
	id INTEGER PRIMARY KEY NOT NULL,
	scope INTEGER NOT NULL,
	number INTEGER NOT NULL,       -- 28 bits: office << 14 | device
	unit INTEGER NOT NULL,         -- what the node works for
	role TEXT NOT NULL,            -- root, office, device
	name TEXT NOT NULL,
	office_first INTEGER NOT NULL, -- office numbers it may enrol with, 0 and 0 for a device
	office_count INTEGER NOT NULL,
	pubkey BLOB NOT NULL,          -- P-256, compressed point (SEC 1, 33 bytes)
	revoked INTEGER                -- clock from which its packs are refused
) STRICT;
CREATE INDEX IF NOT EXISTS node_number ON node(number);

-- ---- open and personal: decisions about records ------------------------------------------

-- Conflicts that somebody looked at (conflict.h): the write of that cell with that clock by that
-- node lost, and that is settled. Those about personal answers stay with these.
CREATE TABLE IF NOT EXISTS f__settled (
	_id INTEGER PRIMARY KEY NOT NULL,
	_unit INTEGER NOT NULL,
	tbl TEXT NOT NULL,             -- table of the cell, by name
	row INTEGER NOT NULL,
	col INTEGER NOT NULL,
	clock INTEGER NOT NULL,
	node INTEGER NOT NULL,
	person INTEGER                 -- member who decided, where known
) STRICT;
CREATE INDEX IF NOT EXISTS f__settled_row ON f__settled(row);

CREATE TABLE IF NOT EXISTS p__settled (
	_id INTEGER PRIMARY KEY NOT NULL,
	_unit INTEGER NOT NULL,
	tbl TEXT NOT NULL,
	row INTEGER NOT NULL,
	col INTEGER NOT NULL,
	clock INTEGER NOT NULL,
	node INTEGER NOT NULL,
	person INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS p__settled_row ON p__settled(row);

-- What somebody said of two records of a unit (same.h): nothing in the records changes by it.
CREATE TABLE IF NOT EXISTS f__same (
	_id INTEGER PRIMARY KEY NOT NULL,
	_unit INTEGER NOT NULL,
	form TEXT NOT NULL,
	keep INTEGER NOT NULL,         -- record that stands for both
	other INTEGER NOT NULL,
	same INTEGER,                  -- 1: the same thing; 0: not; NULL: what was said is taken back
	person INTEGER                 -- member who said so, where known
) STRICT;
CREATE INDEX IF NOT EXISTS f__same_unit ON f__same(_unit);

-- Which submission of another program a record was made from (origin.h), so that reading it again, here or
-- elsewhere, does not double it.
CREATE TABLE IF NOT EXISTS f__origin (
	_id INTEGER PRIMARY KEY NOT NULL,
	_unit INTEGER NOT NULL,
	record INTEGER NOT NULL,
	instance TEXT NOT NULL,        -- instanceID as OpenRosa has it; a UUID without "uuid:"
	earlier INTEGER NOT NULL       -- 1: the submission had it before it was edited
) STRICT;
CREATE INDEX IF NOT EXISTS f__origin_instance ON f__origin(instance, record);
CREATE INDEX IF NOT EXISTS f__origin_record ON f__origin(record);
CREATE INDEX IF NOT EXISTS f__origin_unit ON f__origin(_unit, instance, record);

-- A report that was handed in: a unit's figures of a period as they stood (submission.h). Written once
-- by an office or the root; what came later is another row.
CREATE TABLE IF NOT EXISTS f__submission (
	_id INTEGER PRIMARY KEY NOT NULL,
	_unit INTEGER NOT NULL,
	period TEXT NOT NULL,          -- 2026-Q3
	version INTEGER NOT NULL,      -- 1, 2...: a correction is a new one
	until TEXT NOT NULL,           -- records dated up to this day counted, YYYY-MM-DD
	person INTEGER,                -- member who handed it in, where known
	note TEXT,                     -- why it was corrected
	figures TEXT NOT NULL,         -- line by line
	hash BLOB NOT NULL             -- SHA-256 of that
) STRICT;
CREATE INDEX IF NOT EXISTS f__submission_unit ON f__submission(_unit, period);

-- ---- local: the log --------------------------------------------------------------------

-- A feed: one author, one scope, one class; packs 1..head without gaps.
CREATE TABLE IF NOT EXISTS feed (
	id INTEGER PRIMARY KEY,
	author INTEGER NOT NULL,       -- node number
	epoch INTEGER NOT NULL,        -- rises when an author starts anew after a restore
	scope INTEGER NOT NULL,        -- row id of a unit
	class INTEGER NOT NULL,        -- 0 ref, 1 open, 2 personal
	head INTEGER NOT NULL,         -- seq of the last pack held
	hash BLOB NOT NULL,            -- its chain hash; 32 zero bytes at head 0
	parent_head INTEGER NOT NULL,  -- what the parent said it holds
	root_head INTEGER NOT NULL,    -- what the root holds, as far as we were told
	changed INTEGER NOT NULL,      -- numbers the changes of head and root_head on this node
	refused INTEGER NOT NULL DEFAULT 0, -- parent's change at which it refused packs of it, or 0
	UNIQUE (author, epoch, scope, class)
) STRICT;
CREATE INDEX IF NOT EXISTS feed_changed ON feed(changed);
CREATE TRIGGER IF NOT EXISTS feed_change AFTER UPDATE OF head, root_head ON feed
WHEN new.head <> old.head OR new.root_head <> old.root_head
BEGIN
	UPDATE feed SET changed = (SELECT max(changed) + 1 FROM feed) WHERE id = new.id;
END;

CREATE TABLE IF NOT EXISTS pack (
	id INTEGER PRIMARY KEY,        -- feed << 32 | seq
	state INTEGER NOT NULL,        -- 0 merged, 1 waiting for something, 2 quarantined
	reason TEXT,                   -- why, unless merged
	clock INTEGER NOT NULL,        -- clock of its last entry
	hash BLOB NOT NULL,            -- chain hash of this pack
	sig BLOB NOT NULL,             -- author's signature of hash, 64 bytes r||s
	body BLOB NOT NULL             -- see pack.h
) STRICT;
CREATE INDEX IF NOT EXISTS pack_unmerged ON pack(id) WHERE state <> 0;

-- The highest id among the rows that a pack brought under its author's own number. These ids rise
-- from pack to pack of a feed, so they tell which pack brought a row: see held.h. Not on a root.
CREATE TABLE IF NOT EXISTS pack_row (
	pack INTEGER PRIMARY KEY,      -- pack.id
	row INTEGER NOT NULL
) STRICT;

-- Packs that were not taken at all, the last ones: their author did not sign them, or may not
-- write such a feed. They are not stored; who sent them may send them again.
CREATE TABLE IF NOT EXISTS refusal (
	author INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	scope INTEGER NOT NULL,
	class INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	reason TEXT NOT NULL,
	at_ms INTEGER NOT NULL,        -- when it last came
	PRIMARY KEY (author, epoch, scope, class, seq)
) STRICT, WITHOUT ROWID;

-- How much of a feed went into pack files for an audience (packfile.h), for --since-last.
CREATE TABLE IF NOT EXISTS carried (
	audience INTEGER NOT NULL,     -- unit
	feed INTEGER NOT NULL,
	head INTEGER NOT NULL,
	PRIMARY KEY (audience, feed)
) STRICT, WITHOUT ROWID;

-- What was recorded here and is not sealed into a pack yet, oldest first.
CREATE TABLE IF NOT EXISTS entry (
	id INTEGER PRIMARY KEY,
	scope INTEGER NOT NULL,
	class INTEGER NOT NULL,
	wall_ms INTEGER NOT NULL,      -- this node's clock when it was written; may be wrong
	seen INTEGER NOT NULL,         -- highest final clock known then
	counter INTEGER NOT NULL,      -- last row id counter given by then
	changeset BLOB NOT NULL        -- as SQLite's session extension gives it
) STRICT;

-- ---- local: merge state --------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS synced (
	id INTEGER PRIMARY KEY,        -- short local number of a synced table
	name TEXT NOT NULL UNIQUE
) STRICT;

-- Every update of a cell, ours and others'. The one with the highest (clock, node) among those
-- that came by a feed of the row's own scope is the cell's value; a cell without any has its
-- insert's. Writes whose row is not here yet wait here for it. A write that lost, and that no
-- later write started from, was concurrent: see conflict_each().
CREATE TABLE IF NOT EXISTS cell_write (
	tbl INTEGER NOT NULL,          -- synced.id
	row INTEGER NOT NULL,
	col INTEGER NOT NULL,          -- column number
	clock INTEGER NOT NULL,
	node INTEGER NOT NULL,
	scope INTEGER NOT NULL,        -- scope of the feed it came by
	old ANY,                       -- the value its author saw
	new ANY,
	PRIMARY KEY (tbl, row, col, clock, node, scope)
) STRICT, WITHOUT ROWID;

-- Deletions, with what the row held. A row lives while any of its writes is newer.
CREATE TABLE IF NOT EXISTS grave (
	tbl INTEGER NOT NULL,
	row INTEGER NOT NULL,
	scope INTEGER NOT NULL,        -- scope of the feed it came by
	clock INTEGER NOT NULL,
	node INTEGER NOT NULL,
	cells BLOB NOT NULL,           -- the row, see rowcodec.h
	PRIMARY KEY (tbl, row, scope)
) STRICT, WITHOUT ROWID;

-- What follows from f__same and f__origin: every record that is joined to others, and the one that
-- stands for them; kept by same_refresh().
CREATE TABLE IF NOT EXISTS same_as (
	unit INTEGER NOT NULL,
	id INTEGER NOT NULL,
	rep INTEGER NOT NULL,
	PRIMARY KEY (unit, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS same_as_rep ON same_as(unit, rep);
CREATE INDEX IF NOT EXISTS same_as_id ON same_as(id);

-- ---- local: sums that reports need, see rollup.h; all five may be emptied at any time ------------

-- What is added up: expressions over the latest records of a form.
CREATE TABLE IF NOT EXISTS rollup_set (
	id INTEGER PRIMARY KEY,
	sign BLOB NOT NULL UNIQUE      -- SHA-256 of form, thing, date and expressions
) STRICT;

CREATE TABLE IF NOT EXISTS rollup (
	part INTEGER NOT NULL,         -- rollup_set.id
	unit INTEGER NOT NULL,
	newest TEXT,                   -- date of its newest record, where records have one
	sums BLOB NOT NULL,            -- a zigzag varint an expression
	PRIMARY KEY (part, unit)
) STRICT, WITHOUT ROWID;

-- The same of records dated up to a day, of units that have some dated later.
CREATE TABLE IF NOT EXISTS rollup_day (
	day TEXT NOT NULL,
	part INTEGER NOT NULL,         -- rollup_set.id
	unit INTEGER NOT NULL,
	sums BLOB NOT NULL,
	PRIMARY KEY (day, part, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rollup_day_unit ON rollup_day(unit);

-- Units whose open records changed since they were added up.
CREATE TABLE IF NOT EXISTS rollup_stale (
	unit INTEGER PRIMARY KEY
) STRICT;

-- Units with records of the same thing, both ways: the latest of them may be of either.
CREATE TABLE IF NOT EXISTS rollup_with (
	unit INTEGER NOT NULL,
	other INTEGER NOT NULL,
	PRIMARY KEY (unit, other)
) STRICT, WITHOUT ROWID;

-- ---- local: this node ----------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS meta (
	key TEXT PRIMARY KEY NOT NULL, -- see meta.h
	value ANY
) STRICT, WITHOUT ROWID;

-- Invites this node has given out.
CREATE TABLE IF NOT EXISTS invite (
	number INTEGER PRIMARY KEY,    -- node number leased
	secret BLOB,                   -- 16 bytes; NULL once the node has come with its certificate
	unit INTEGER NOT NULL,
	role TEXT NOT NULL,
	name TEXT NOT NULL,
	office_first INTEGER NOT NULL, -- office numbers leased to it, 0 and 0 for a device
	office_count INTEGER NOT NULL,
	made_ms INTEGER NOT NULL,
	pubkey BLOB,                   -- 33 bytes once used
	cert BLOB                      -- DER, once used
) STRICT;

-- When the nodes that sync to this one were last here, see contact.h.
CREATE TABLE IF NOT EXISTS contact (
	node INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,        -- last request
	same_ms INTEGER NOT NULL,      -- last time it held all that it may hold of what is here; 0: never
	program TEXT NOT NULL          -- its version, '' not said
) STRICT;

-- Frames of transfers that are under way, so that what has arrived outlasts a restart.
CREATE TABLE IF NOT EXISTS frame (
	id INTEGER PRIMARY KEY,
	peer INTEGER NOT NULL,         -- node number of the sender
	transfer BLOB NOT NULL,        -- its 8 bytes of name
	bytes BLOB NOT NULL,
	at_ms INTEGER NOT NULL         -- when the transfer began
) STRICT;
CREATE INDEX IF NOT EXISTS frame_transfer ON frame(peer, transfer);

-- Lines that this node was connected by, see network.h.
CREATE TABLE IF NOT EXISTS network (
	name TEXT PRIMARY KEY NOT NULL,
	transport INTEGER NOT NULL,    -- 0 UDP, 1 TCP: what worked
	rate INTEGER NOT NULL,         -- bytes a second, 0 not known
	rtt_us INTEGER NOT NULL,
	loss INTEGER NOT NULL,         -- of 65,536
	room INTEGER NOT NULL,         -- bytes of a frame that pass where full ones do not, or 0
	at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Bytes that went over the network, IP headers included.
CREATE TABLE IF NOT EXISTS traffic (
	month TEXT PRIMARY KEY NOT NULL, -- 2026-11
	sent INTEGER NOT NULL,
	received INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Programs that may read what the agent offers, see reader.h.
CREATE TABLE IF NOT EXISTS reader (
	name TEXT PRIMARY KEY NOT NULL,
	key TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where units lie, for maps, see boundary.h.
CREATE TABLE IF NOT EXISTS boundary (
	valid_from TEXT PRIMARY KEY NOT NULL, -- first day on which they held
	topology TEXT NOT NULL           -- TopoJSON, checked
) STRICT;

-- Forms that somebody began to fill in on this node's pages, see draft.h.
CREATE TABLE IF NOT EXISTS draft (
	name TEXT PRIMARY KEY NOT NULL,  -- made by the page
	form TEXT NOT NULL,
	unit INTEGER NOT NULL,
	record INTEGER NOT NULL,         -- that is changed; 0: a new one
	person INTEGER NOT NULL,         -- member who records; 0: not said
	answers TEXT NOT NULL,           -- JSON object; empty once it is saved
	at_ms INTEGER NOT NULL,          -- when it was last put
	saved INTEGER NOT NULL           -- the record that it became; 0: none yet
) STRICT, WITHOUT ROWID;
