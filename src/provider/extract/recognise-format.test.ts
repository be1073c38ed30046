import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { findFiles } from './find-files.ts';
import { refuseOtherFormats } from './recognise-format.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

/** The message about a file of these bytes; null where it passes for text. */
async function messageOf(
  bytes: Buffer | string,
  name = 'stays.csv',
  encoding: 'utf-8' | 'utf-16' | 'latin-1' = 'utf-8',
) {
  folder.put(name, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  const format = { delimiter: ',', quote: '"', encoding };
  const pattern = { path: folder.at(name), shownAs: name, expect: { rows: null, sha256: null } };
  const [file] = findFiles({ files: [pattern], source: 's', name: 't', format } as never);
  try {
    await refuseOtherFormats(file!, format);
    return null;
  } catch (fault) {
    return (fault as Error).message.split('\n')[0]!;
  }
}

const TAR = `stays.csv${'\0'.repeat(248)}ustar\x0000`;

describe('a delivery that is something else is called what it is', () => {
  it.each([
    ['PK\x03\x04\x14\0\0\0\x08\0stays.csv', 'is a zip archive'],
    ['PK\x05\x06\0\0\0\0', 'is a zip archive'],
    ['PK\x03\x04\x14\0[Content_Types].xml', 'is an XLSX or ODS spreadsheet'],
    [
      'PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet',
      'is an XLSX or ODS spreadsheet',
    ],
    ['7z\xbc\xaf\x27\x1c\0\x04', 'is a 7z archive'],
    ['Rar!\x1a\x07\x01\0', 'is a RAR archive'],
    [TAR, 'is a tar archive'],
    ['\xfd7zXZ\0\0\x04', 'is xz-compressed'],
    ['BZh91AY&SY', 'is bzip2-compressed'],
    ['%PDF-1.7\n', 'is a PDF document'],
    ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'is an XLS or DOC file'],
    ['PAR1\x15\x04', 'is a Parquet file'],
    ['ARROW1\0\0', 'is an Arrow file'],
    ['SQLite format 3\0', 'is an SQLite database'],
    ['\n<!DOCTYPE html><html>', 'is an HTML page'],
    ['\xef\xbb\xbf<HTML lang="en">', 'is an HTML page'],
    ['<?xml version="1.0"?>', 'is an XML file'],
    ['{"nhs": "1"}\n', 'is JSON'],
    ['[ {"nhs": 1}]', 'is JSON'],
    ['-----BEGIN PGP MESSAGE-----', 'is encrypted (PGP)'],
    ['\xff\xfen\0h\0s\0', 'is utf-16, and utf-8 is declared'],
    ['\xfe\xff\0n\0h', 'is utf-16, and utf-8 is declared'],
    ['n\0h\0s\0,\0w\0a\0r\0d\0', 'is utf-16 without a byte order mark, and utf-8 is declared'],
    ['\xff\xfe\0\0n\0\0\0', 'is utf-32, and utf-8 is declared'],
  ])('%j', async (bytes, message) => {
    expect(await messageOf(bytes)).toBe(`stays.csv: ${message}`);
  });

  it('also inside a compressed file, and where only its name is compressed', async () => {
    expect(await messageOf(gzipSync(Buffer.from(TAR, 'latin1')), 'a.tar.gz')).toBe(
      'a.tar.gz: is a tar archive inside',
    );
    expect(await messageOf('PK\x03\x04', 'a.gz')).toBe(
      'a.gz: is a zip archive, and named as if it were gzip',
    );
    expect(await messageOf('nhs,ward\n', 'a.gz')).toBe('a.gz: is not a whole gzip file');
    expect(await messageOf('nhs,ward\n', 'a.zst')).toBe('a.zst: is not a whole zstd file');
    expect(await messageOf(gzipSync('nhs,ward\n'))).toBe('stays.csv: is gzip-compressed');
    expect(await messageOf(gzipSync('nhs,ward\n'), 'a.zst')).toBe(
      'a.zst: is gzip-compressed, and named as if it were zstd',
    );
  });

  it('by its byte order mark, where another encoding is declared', async () => {
    expect(await messageOf('\xef\xbb\xbfnhs', 'a.csv', 'latin-1')).toBe(
      'a.csv: is utf-8, and latin-1 is declared',
    );
    expect(await messageOf('\xef\xbb\xbfnhs', 'a.csv', 'utf-16')).toBe(
      'a.csv: is utf-8, and utf-16 is declared',
    );
    expect(await messageOf('\xff\xfen\0', 'a.csv', 'utf-16')).toBeNull();
  });

  it.each([
    'nhs,ward\n1,x\n',
    '\xef\xbb\xbfnhs\n',
    '[nhs],[ward]\n',
    '"nhs"\n',
    'PK,nhs\n',
    'n\n',
    'ORCID,x\n',
    'ORC\n',
    'PARENT_ID,x\n',
    'PAR1,x\n',
    'ARROW1,x\n',
    'BZh9,x\n',
    '<nhs>,x\n',
    '{id},x\n',
  ])('and %j is text', async (bytes) => expect(await messageOf(bytes)).toBeNull());
});
