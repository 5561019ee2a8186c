"""The tables of the catalog, and the steps from one version of them to the next."""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE scans (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,            -- path from the folder of all sketchbooks, sb01/art/001.jpg
        page TEXT NOT NULL,                   -- sb01/001
        book TEXT NOT NULL,
        part TEXT NOT NULL,                   -- art, cover, notes or xtra; empty in a book without parts
        place TEXT NOT NULL,                  -- sorts as a person would: the name with its numbers filled up by zeros
        size INTEGER NOT NULL DEFAULT -1,     -- of its file, in bytes
        mtime_ns INTEGER NOT NULL DEFAULT -1,
        sha256 TEXT NOT NULL DEFAULT '',
        gone INTEGER NOT NULL DEFAULT 0,      -- its file was not there at the last look
        problem TEXT NOT NULL DEFAULT '',     -- why it can't be used
        finder TEXT NOT NULL DEFAULT '',      -- what its tags in the Finder mean: art, notes, private, extra
        finder_favourite INTEGER NOT NULL DEFAULT 0,
        -- decided by a person; NULL is undecided
        label TEXT,                           -- moved to this label by hand
        tag TEXT,                             -- art, notes, private or extra
        favourite INTEGER,
        corrections TEXT NOT NULL DEFAULT '', -- hash of the corrections that count, empty without any
        corrected INTEGER NOT NULL DEFAULT 0, -- how many they are
        corrections_size INTEGER NOT NULL DEFAULT 0  -- of their file, in bytes, which only grows
    );
    CREATE INDEX scans_by_place ON scans (place);
    CREATE INDEX scans_by_book ON scans (book, place);
    CREATE INDEX scans_by_page ON scans (page);
    CREATE INDEX scans_by_sha256 ON scans (sha256);

    CREATE TABLE looks (                      -- what one look at a scan in small told
        scan INTEGER PRIMARY KEY REFERENCES scans (id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL,                 -- of the file that was looked at
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,              -- as displayed, in pixels of the scan
        dhash BLOB NOT NULL,                  -- 32 bytes
        thumbnail BLOB NOT NULL,              -- JPEG, long side 128 pixels
        features BLOB NOT NULL                -- float32
    );
    CREATE INDEX looks_by_scan ON looks (scan, sha256);  -- told without reading pictures

    CREATE TABLE vectors (                    -- embeddings of scans by a network
        scan INTEGER NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
        space TEXT NOT NULL,                  -- which network it is of
        sha256 TEXT NOT NULL,                 -- of the file that was looked at
        vector BLOB NOT NULL,                 -- float16
        PRIMARY KEY (scan, space)
    ) WITHOUT ROWID;
    CREATE INDEX vectors_by_space ON vectors (space, scan, sha256);

    CREATE TABLE traces (                     -- how a scan was traced last, or why it could not be
        scan INTEGER PRIMARY KEY REFERENCES scans (id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL,
        settings TEXT NOT NULL,               -- hash of the settings of tracing
        corrections TEXT NOT NULL,            -- hash of the corrections that counted
        tracing INTEGER NOT NULL,             -- version of the way of tracing
        key TEXT NOT NULL DEFAULT '',         -- as in the report; empty if there is none
        strokes INTEGER NOT NULL DEFAULT 0,
        points INTEGER NOT NULL DEFAULT 0,
        pictures TEXT NOT NULL DEFAULT '[]',  -- JSON: [name of the SVG, x, y of its corner in page pixels, mm a pixel]
        stamp TEXT NOT NULL DEFAULT '',       -- hash of sizes and times of its SVGs, which may be edited
        seconds REAL NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',      -- why it could not be traced
        crashed INTEGER NOT NULL DEFAULT 0    -- whether that is nothing about the scan itself
    );

    CREATE TABLE drawings (                   -- traced drawings that a second clustering sorts
        name TEXT PRIMARY KEY,                -- sb01/001-2
        scan INTEGER NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
        key TEXT NOT NULL,                    -- of the trace that its features are of
        features BLOB,                        -- float32
        label TEXT                            -- moved to this label by hand
    );
    CREATE INDEX drawings_by_scan ON drawings (scan);

    CREATE TABLE books (
        name TEXT PRIMARY KEY,                -- of its folder
        number INTEGER,
        began TEXT,                           -- a date, or the beginning of one: 2019, 2019-03, 2019-03-28
        ended TEXT,
        cover TEXT                            -- name of the scan that stands for it
    );

    CREATE TABLE clusterings (
        id INTEGER PRIMARY KEY,
        of TEXT NOT NULL,                     -- scans or drawings; the newest of each counts
        space TEXT NOT NULL,                  -- JSON: what its vectors are made of
        k INTEGER NOT NULL,
        seed INTEGER NOT NULL,
        at REAL NOT NULL                      -- seconds since 1970
    );
    CREATE TABLE clusters (
        clustering INTEGER NOT NULL REFERENCES clusterings (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        centroid BLOB NOT NULL,               -- float32, in its clustering's space
        label TEXT,                           -- a name; NULL is none yet
        by_hand INTEGER NOT NULL DEFAULT 0,   -- whether a person gave it, or it was taken over from the nearest before
        PRIMARY KEY (clustering, number)
    ) WITHOUT ROWID;
    CREATE TABLE members (
        clustering INTEGER NOT NULL REFERENCES clusterings (id) ON DELETE CASCADE,
        item TEXT NOT NULL,                   -- id of a scan, or name of a drawing
        number INTEGER NOT NULL,
        distance REAL NOT NULL,               -- to the centroid
        vector BLOB NOT NULL,                 -- float16, where it lies in its clustering's space
        PRIMARY KEY (clustering, item)
    ) WITHOUT ROWID;
    CREATE INDEX members_by_cluster ON members (clustering, number, distance);
    -- what is looked at anew is sorted anew
    CREATE TRIGGER looked AFTER INSERT ON looks BEGIN
        DELETE FROM members WHERE item = CAST(NEW.scan AS TEXT)
            AND clustering IN (SELECT id FROM clusterings WHERE of = 'scans');
    END;
    CREATE TRIGGER looked_anew AFTER UPDATE ON looks BEGIN
        DELETE FROM members WHERE item = CAST(NEW.scan AS TEXT)
            AND clustering IN (SELECT id FROM clusterings WHERE of = 'scans');
    END;

    CREATE TABLE decisions (                  -- everything a person decided on the shelf, in order; never deleted
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        what TEXT NOT NULL,                   -- label, tag, favourite, cluster, drawing, book, rename
        value TEXT NOT NULL,                  -- JSON: what was decided about what
        before TEXT NOT NULL,                 -- JSON: how it was, to undo it
        undone INTEGER NOT NULL DEFAULT 0
    );

    CREATE VIEW shelf AS                      -- a row a scan that is there and not private, with what counts of it
    SELECT
        scans.id, scans.name, scans.page, scans.book, scans.part, scans.place, scans.sha256, scans.problem,
        scans.corrections, scans.corrected, scans.label IS NOT NULL AS by_hand,
        COALESCE(scans.label, clusters.label) AS label,
        members.number AS cluster, members.distance,
        COALESCE(scans.tag, NULLIF(scans.finder, ''),
            CASE scans.part WHEN '' THEN 'art' WHEN 'xtra' THEN 'extra' ELSE scans.part END) AS tag,
        COALESCE(scans.favourite, scans.finder_favourite) AS favourite
    FROM scans
    LEFT JOIN members ON members.item = CAST(scans.id AS TEXT)
        AND members.clustering = (SELECT max(id) FROM clusterings WHERE of = 'scans')
    LEFT JOIN clusters ON clusters.clustering = members.clustering AND clusters.number = members.number
    WHERE NOT scans.gone AND COALESCE(scans.tag, scans.finder) != 'private';
    """,
    """
    ALTER TABLE drawings ADD COLUMN box TEXT;  -- JSON: where it lies, left, top, right, bottom as shares of the scan
    """,
)
"""SQL of each step; a catalog's ``user_version`` is how many of them it has had."""
