import { expect, it } from 'vitest';
import { acceptanceOf } from './acceptance-options.ts';

it('accepts nothing by default', () => {
  expect(acceptanceOf({})).toEqual({ newBaseline: false, newKeys: [], changes: [] });
});

it('accepts each change by its name', () => {
  const said = { newBaseline: true, acceptNewKey: ['a'], acceptChange: ['rows', 'opt-outs'] } as const;
  expect(acceptanceOf(said)).toEqual({ newBaseline: true, newKeys: ['a'], changes: ['rows', 'opt-outs'] });
});

it('has one name for each change: any other is a usage error that lists the names', () => {
  expect(() => acceptanceOf({ acceptChange: ['everything', 'rows', 'optOuts'] })).toThrow(
    /--accept-change everything[\s\S]*rows, valid, linked, opt-outs[\s\S]*--accept-change optOuts/,
  );
});
