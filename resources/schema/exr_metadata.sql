-- The tables of exr-inspector in a VAST Database, as Trino sees them, schema version 2.
--
-- `exr-inspector vast init` makes them, with vectors of fixed length and an index on files.metadata_embedding where
-- the cluster has vector indexes (5.5 and newer). Trino makes vectors as lists of any length, which cannot be
-- indexed: exr-inspector accepts them, but compares them on the client. The bucket and the schema are those of the
-- settings.

CREATE SCHEMA IF NOT EXISTS vast."exr-data/exr_metadata";
USE vast."exr-data/exr_metadata";

-- Tables ------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS files (
  file_id VARCHAR,  -- of file_path_normalized and header_hash
  attempt_id VARCHAR,  -- of the transaction that wrote the row; readers take the smallest of a file_id
  publish_id VARCHAR,  -- of the publish that inserted it; what undo takes back
  file_path VARCHAR,  -- as it was published
  file_path_normalized VARCHAR,  -- the same on every machine
  path_folded VARCHAR,  -- lower case, for look-up
  sequence_key VARCHAR,  -- the normalised path with # for its frame
  header_hash VARCHAR,  -- SHA-256 of the header's bytes
  size_bytes BIGINT,
  mtime VARCHAR,  -- ISO 8601, UTC
  frame_number DOUBLE,  -- with a fraction for sub-frames
  multipart_count INTEGER,
  is_deep BOOLEAN,
  is_complete BOOLEAN,  -- NULL where only the first bytes were seen
  metadata_embedding ARRAY(REAL),  -- 384 numbers, of length 1
  channel_fingerprint ARRAY(REAL),  -- 128 numbers, of length 1
  vector_id VARCHAR,  -- of both vectors
  embedding_version INTEGER,
  compression VARCHAR,  -- of part 0, as are width to color_space and render_software
  width INTEGER,
  height INTEGER,
  color_space VARCHAR,
  renderer VARCHAR,  -- made the picture: Arnold
  renderer_version VARCHAR,
  writer VARCHAR,  -- saved the file last: Nuke
  render_software VARCHAR,
  picture_layer VARCHAR,  -- of the picture that is shown first; empty for channels without a layer
  channel_count INTEGER,
  channel_list VARCHAR,  -- |R|G|B|diffuse.R|
  inspection_timestamp VARCHAR,  -- ISO 8601, UTC; the newest of a path is current
  inspection_count INTEGER,
  last_inspected VARCHAR,
  published_by VARCHAR,
  note VARCHAR
);

CREATE TABLE IF NOT EXISTS parts (
  file_id VARCHAR,
  attempt_id VARCHAR,
  file_path VARCHAR,
  part_index INTEGER,
  part_name VARCHAR,
  view_name VARCHAR,
  multi_view VARCHAR,  -- JSON
  width INTEGER,
  height INTEGER,
  data_window VARCHAR,  -- JSON
  display_window VARCHAR,  -- JSON
  pixel_aspect_ratio REAL,
  line_order VARCHAR,
  compression VARCHAR,
  color_space VARCHAR,
  render_software VARCHAR,
  is_tiled BOOLEAN,
  tile_width INTEGER,
  tile_height INTEGER,
  tile_depth INTEGER,
  is_deep BOOLEAN,
  chunk_count INTEGER,
  chunks_present INTEGER
);

CREATE TABLE IF NOT EXISTS channels (
  file_id VARCHAR,
  attempt_id VARCHAR,
  file_path VARCHAR,
  part_index INTEGER,
  position INTEGER,  -- in the file, from 0
  channel_name VARCHAR,
  view_name VARCHAR,
  layer_name VARCHAR,
  component_name VARCHAR,
  channel_type VARCHAR,
  x_sampling INTEGER,
  y_sampling INTEGER,
  channel_fingerprint ARRAY(REAL)  -- 128 numbers, of length 1
);

CREATE TABLE IF NOT EXISTS attributes (
  file_id VARCHAR,
  attempt_id VARCHAR,
  file_path VARCHAR,
  part_index INTEGER,
  position INTEGER,  -- in the file, from 0
  attribute_name VARCHAR,
  attribute_type VARCHAR,
  attribute_value VARCHAR,  -- JSON
  value_text VARCHAR,
  value_int BIGINT,
  value_float DOUBLE
);

CREATE TABLE IF NOT EXISTS previews (
  file_id VARCHAR,
  picture_layer VARCHAR,  -- of the file when the preview was made; another one is outdated
  look_embedding ARRAY(REAL),  -- 256 numbers, of length 1; NULL for a picture without structure
  thumbnail VARBINARY  -- at most 48 KB
);

CREATE TABLE IF NOT EXISTS schema_info (
  key VARCHAR,
  value VARCHAR
);

-- What readers see --------------------------------------------------------------------------------------------------
--
-- No key is unique: two publishers may insert one file at the same time. The rows of the smallest attempt count, and
-- `exr-inspector vast mend` removes the others. Children belong to a file by file_id and attempt_id, previews by
-- file_id.

CREATE OR REPLACE VIEW winning_files AS
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY file_id ORDER BY attempt_id) AS attempt_rank FROM files
) AS ranked WHERE attempt_rank = 1;

CREATE OR REPLACE VIEW current_files AS
SELECT * FROM (
  SELECT *, row_number() OVER (
    PARTITION BY file_path_normalized ORDER BY inspection_timestamp DESC, file_id) AS header_rank FROM winning_files
) AS ranked WHERE header_rank = 1;

-- Projections -------------------------------------------------------------------------------------------------------
--
-- `exr-inspector vast init` makes them, also for the tables above; Trino has no statement for it. Each serves the
-- look-ups of its sorted column: files by file_id, file_path_normalized, sequence_key, publish_id and attempt_id;
-- parts, channels, attributes and previews by file_id. `exr-inspector vast check` names missing ones.

-- Verification ------------------------------------------------------------------------------------------------------

-- How much is there?
SELECT count(*) AS files, count(DISTINCT sequence_key) AS sequences, max(last_inspected) AS newest FROM current_files;

-- Which version are the tables of?
SELECT key, value FROM schema_info;

-- Are there rows that lost against another attempt? None, or `exr-inspector vast mend` has something to do.
SELECT file_id, count(*) AS attempts FROM files GROUP BY file_id HAVING count(*) > 1;

-- Are there children without a file? None.
SELECT count(*) AS orphans FROM channels AS c
LEFT JOIN files AS f ON f.file_id = c.file_id AND f.attempt_id = c.attempt_id WHERE f.file_id IS NULL;

-- Does every file have its channels? None lacks any.
SELECT f.file_path, f.channel_count, count(c.file_id) AS found FROM winning_files AS f
LEFT JOIN channels AS c ON c.file_id = f.file_id AND c.attempt_id = f.attempt_id
GROUP BY f.file_path, f.channel_count HAVING count(c.file_id) <> f.channel_count;

-- Who published what?
SELECT published_by, count(*) AS files, sum(size_bytes) AS bytes FROM current_files GROUP BY published_by;

-- Which files hold an attribute of a value?
SELECT f.file_path, a.value_text FROM current_files AS f
JOIN attributes AS a ON a.file_id = f.file_id AND a.attempt_id = f.attempt_id
WHERE a.attribute_name = 'owner' AND a.value_text = 'mira';
