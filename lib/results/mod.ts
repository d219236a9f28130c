/**
 * Results on disk: tables to Parquet, CSV and JSON, the summary, the manifest, all put into place at
 * once. Read write_results.ts first, then result_directory.ts (which folders are ours, how results get
 * into place) and parquet/write_parquet.ts.
 *
 * @module
 */
export { type AddedFiles, addToResults, writeFigures } from "./add_files.ts";
export { openScratch, pageFile, type ScratchFile } from "./page_file.ts";
export { clearResults } from "./clear_results.ts";
export { type CodeRevision, codeRevision } from "./code_revision.ts";
export { type InputFile, makeManifest, type Manifest, type ManifestSource } from "./manifest.ts";
export { writeParquet } from "./parquet/write_parquet.ts";
export { type Append, type Content, replaceFile } from "./replace_file.ts";
export {
  checkResultDirectory,
  openResultDirectory,
  recoverResults,
  type ResultDirectory,
  type ResultDirectoryOptions,
} from "./result_directory.ts";
export {
  coldStartWaitTable,
  instanceTable,
  latencyPartTable,
  requestTable,
  RESULT_TABLES,
  type ResultTables,
  resultTables,
  timeSeriesTable,
  tokenGapTable,
} from "./result_tables.ts";
export { type ScanBatch, scanTable, type TableScan, tablesIn } from "./scan_table.ts";
export { sha256 } from "./sha256.ts";
export {
  type Column,
  type FloatColumn,
  floatColumn,
  type IntegerArray,
  type IntegerColumn,
  integerColumn,
  type Table,
  type TextColumn,
  textColumn,
} from "./table.ts";
export { writeCsv, writeJson } from "./text_formats.ts";
export { tableBytes, type TableFormat, writeResults, writeTable } from "./write_results.ts";
