import { expect, it } from 'vitest';
import { acceptanceOf } from './acceptance-options.ts';

it('accepts nothing where nothing is said', () => {
  expect(acceptanceOf({})).toEqual({ newBaseline: false, newKeys: [], changes: [] });
});

it('takes what is said, each by its name', () => {
  const said = { newBaseline: true, acceptNewKey: ['a'], acceptChange: ['rows', 'opt-outs'] } as const;
  expect(acceptanceOf(said)).toEqual({ newBaseline: true, newKeys: ['a'], changes: ['rows', 'opt-outs'] });
});

it('knows every change by one name: anything else is a usage error, with the names', () => {
  expect(() => acceptanceOf({ acceptChange: ['everything', 'rows', 'optOuts'] })).toThrow(
    /--accept-change everything[\s\S]*rows, valid, linked, opt-outs[\s\S]*--accept-change optOuts/,
  );
});
