import { describe, expect, it } from 'vitest';
import { findIdentifier } from './identifier-shapes.ts';
import { readableText } from './readable-text.ts';

const NHS = '9990548609';
const hex = (text: string) => Buffer.from(text).toString('hex');
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('an NHS number as the value of a column', () => {
  it.each([
    ['with letters before it', `NHS${NHS}`],
    ['with letters before and behind', `ref-${NHS}x`],
    ['inside a word', `pat${NHS}ward`],
    ['with letters of another script', `№${NHS}ж`],
    ['with an underscore', `nhs_${NHS}_1`],
    ['with dots', '999.054.8609'],
    ['with slashes', '999/054/8609'],
    ['with backslashes', '999\\054\\8609'],
    ['with underscores', '999_054_8609'],
    ['with commas', '999,054,8609'],
    ['with semicolons', '999;054;8609'],
    ['with two spaces', '999  054  8609'],
    ['with tabs', '999\t054\t8609'],
    ['with line ends', '999\n054\r\n8609'],
    ['with separators that differ', '999-054 8609'],
    ['with spaces round hyphens', '999 - 054 - 8609'],
    ['with no-break spaces', '999\u00a0054\u00a08609'],
    ['with narrow no-break spaces', '999\u202f054\u202f8609'],
    ['with an ideographic space', '999\u3000054\u30008609'],
    ['with zero-width spaces', '999\u200b054\u200b8609'],
    ['with a zero-width joiner at each digit', Array.from(NHS).join('\u200d')],
    ['with soft hyphens', '999\u00ad054\u00ad8609'],
    ['with a byte order mark', `\ufeff${NHS}`],
    ['with direction marks', `\u202e${NHS}\u202c`],
    ['with en dashes', '999–054–8609'],
    ['with a minus sign', '999−054−8609'],
    ['with full-width digits', '９９９０５４８６０９'],
    ['with full-width digits in groups', '９９９－０５４－８６０９'],
    ['with Arabic-Indic digits', '٩٩٩٠٥٤٨٦٠٩'],
    ['with Devanagari digits', '९९९०५४८६०९'],
    ['with mathematical digits', '𝟗𝟗𝟗𝟎𝟓𝟒𝟖𝟔𝟎𝟗'],
    ['with superscript digits', '⁹⁹⁹⁰⁵⁴⁸⁶⁰⁹'],
    ['with circled digits', '⑨⑨⑨⓪⑤④⑧⑥⓪⑨'],
    ['as 3 and 7', '999 0548609'],
    ['as 6 and 4', '999054 8609'],
    ['as 4 and 6', '9990 548609'],
    ['as 5 and 5', '99905-48609'],
    ['as 4, 3 and 3', '9990 548 609'],
    ['as pairs', '99 90 54 86 09'],
    ['digit by digit', '9 9 9 0 5 4 8 6 0 9'],
    ['digit by digit with dots', '9.9.9.0.5.4.8.6.0.9'],
    ['as 3 and 7 in a sentence', 'bed 4: 999 0548609, ward 7'],
    ['as 5 and 5 behind a number', '7: 99905 48609'],
    ['as 3-3-4 behind a number', 'bed 12 999 054 8609 7'],
    ['with leading zeros', `00${NHS}`],
    ['with many leading zeros', `0000000000${NHS}`],
    ['with leading zeros in groups', '00 999 054 8609'],
    ['with decimals', `${NHS}.0`],
    ['with an exponent', '9.990548609E+09'],
    ['with a plus sign', `+${NHS}`],
    ['with an apostrophe', `'${NHS}`],
    ['in brackets', `(999) 054-8609`],
    ['in an address', '999%20054%208609'],
    ['in a web page', '999&nbsp;054&#160;8609'],
    ['in JSON', `{"nhs":"${NHS}"}`],
    ['in base64', base64(NHS)],
    ['in base64 without its padding', base64(NHS).replaceAll('=', '')],
    ['in base64 behind a name', `id:${base64(NHS)}`],
    ['grouped, in base64', base64('999 054 8609')],
    ['in base64 of a sentence', base64(`patient ${NHS} was seen`)],
    ['in base64 of UTF-16', Buffer.from(NHS, 'utf16le').toString('base64')],
    ['in base64 for addresses', Buffer.from(`??>${NHS}`).toString('base64url')],
    ['in hexadecimal', hex(NHS)],
    ['in hexadecimal with its mark', `0x${hex(NHS)}`],
  ])('is found %s', (_, text) => {
    expect(findIdentifier(text, [], null)).toBe('NHS number');
  });

  it.each([
    ['a wrong check digit', 'NHS9990548608'],
    ['a placeholder in groups', '999.999.9999'],
    ['dates and times', '01/04/2026 09:30'],
    ['short dates and times', '01/04/26 09:30'],
    ['a time to the microsecond', '09:30:15.123456'],
    ['a time stamp', '2026-04-01T09:30:15.1234567Z'],
    ['a time stamp run together', '20260401093015'],
    ['a run', '2026-04-01-9990548609ab'],
    ['a UUID', '99905486-09ab-4cde-8f01-999054860912'],
    ['many small numbers', '0-4, 5-9, 10-14, 90+'],
    ['a long number', '999054860900'],
    ['a version', '10.4.0-beta.12'],
    ['a digest', `${'9990548609ab'.repeat(5)}cdef`],
  ])('is not found in %s', (_, text) => {
    expect(findIdentifier(text, [], null)).toBeNull();
  });
});

describe('a postcode as the value of a column', () => {
  it.each([
    ['with a no-break space', 'SW1A\u00a02AA'],
    ['with a hyphen', 'SW1A-2AA'],
    ['with a tab', 'SW1A\t2AA'],
    ['with a dot', 'SW1A.2AA'],
    ['with a slash', 'SW1A/2AA'],
    ['with a comma', 'SW1A,2AA'],
    ['with an underscore', 'SW1A_2AA'],
    ['with a plus sign', 'SW1A+2AA'],
    ['with an en dash', 'SW1A – 2AA'],
    ['with three spaces', 'M1   1AE'],
    ['with a zero-width space', 'SW1A\u200b2AA'],
    ['with a line end', 'SW1A\r\n2AA'],
    ['in full-width letters', 'ＳＷ１Ａ　２ＡＡ'],
    ['in Cyrillic letters that look alike', 'АВ1 2АА'],
    ['in brackets', '(SW1A 2AA)'],
    ['inside a word', 'homeSW1A2AA'],
    ['with letters before and behind', 'xSW1A 2AAx'],
    ['with digits behind', 'SW1A2AA01'],
    ['in an address', 'SW1A%202AA'],
    ['with a zero for an O', 'SW1A 2AA'.replace('SW1A', 'P01')],
    ['with an O for a zero', 'SW1A OAA'],
    ['in base64', base64('SW1A 2AA')],
    ['in base64, the shortest', base64('M11AE').replaceAll('=', '')],
    ['in hexadecimal', hex('SW1A 2AA')],
    ['of Girobank', 'GIR-0AA'],
    ['in lower case', 'pc:sw1a-2aa'],
  ])('is found %s', (_, text) => {
    expect(findIdentifier(text, [], null)).toBe('postcode');
  });

  it.each([
    ['an ordinal behind a hyphen', 'vitamin B12-1st dose'],
    ['a pseudo-postcode', 'ZZ99 1WZ'],
    ['a pseudo-postcode without its space', 'ZZ991WZ'],
    ['an area of Northern Ireland', '95GG40S1'],
    ['an HRG', 'WF01A'],
    ['a UUID', '0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3bb12a1ae'.slice(0, 36)],
    ['a date', '01JAN2020'],
  ])('is not found in %s', (_, text) => {
    expect(findIdentifier(text, [], null)).toBeNull();
  });
});

describe('prose, in which counts occur in lists and tables', () => {
  it.each(['| 999 | 054 | 8609 |', '999,054,8609', '0-4, 5-9, 10-14, 90+', '99905 48609'])(
    'is not read as groups of one number: %s',
    (text) => {
      expect(findIdentifier(text, [], null, 'prose')).toBeNull();
    },
  );

  it.each(['999 054 8609', '999.054.8609', `patient${NHS}.csv`, 'SW1A-2AA', base64(NHS)])(
    'does not hide %s',
    (text) => {
      expect(findIdentifier(text, [], null, 'prose')).not.toBeNull();
    },
  );
});

describe('a canary', () => {
  it.each([
    ['in full-width letters', 'Ｑｕｉｌｌｆｅａｔｈｅｒ'],
    ['with soft hyphens', 'Quill\u00adfeather'],
    ['in base64', base64('Dr Quillfeather')],
  ])('is found %s', (_, text) => {
    expect(findIdentifier(text, ['quillfeather'], 'snomed')).toBe('canary');
  });
});

describe('a readable text', () => {
  it('is unchanged for plain text', () => {
    expect(readableText('100 % of 5 & 6')).toBe('100 % of 5 & 6');
  });
});
