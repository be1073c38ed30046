/** The format of a delimited text file. */
export interface FileFormat {
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: 'utf-8' | 'windows-1252' | 'latin-1' | 'utf-16';
}
