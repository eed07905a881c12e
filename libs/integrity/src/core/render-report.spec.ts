import { buildReport, error, warning } from './finding';
import { printable, renderReport } from './render-report';

describe('renderReport', () => {
  it('is a table, findings below their file, and the summary as the last line', () => {
    const day = Date.UTC(2025, 0, 1);
    const report = buildReport({
      checkedAt: day,
      folder: 'data',
      files: [
        { file: 'ETHUSDT_1m.parquet', valid: false, findings: [error('CHECKSUM', 'its bytes\nare others')] },
        { file: 'BTCUSDT_1m.parquet', valid: true, rows: 10, from: day, to: day + 540_000, findings: [] },
        {
          file: 'A_1m.parquet',
          valid: true,
          rows: 1,
          from: day,
          to: day,
          findings: [warning('STALE', 'closed 2 days ago')],
        },
      ],
      findings: [warning('UNKNOWN_FILE', 'notes.txt is nothing we know')],
    });
    expect(renderReport(report)).toBe(
      [
        'FILE                ROWS  FROM               TO                 STATE',
        'A_1m.parquet           1  2025-01-01T00:00Z  2025-01-01T00:00Z  whole, stale: closed 2 days ago',
        'BTCUSDT_1m.parquet    10  2025-01-01T00:00Z  2025-01-01T00:09Z  whole',
        'ETHUSDT_1m.parquet     -  -                  -                  broken',
        '    error CHECKSUM: its bytes\\x0aare others',
        'beside the series:',
        '    warning UNKNOWN_FILE: notes.txt is nothing we know',
        '2/3 valid (1 error, 2 warnings)',
        '',
      ].join('\n'),
    );
  });

  it('says of nothing that it is whole', () => {
    expect(renderReport(buildReport({ checkedAt: 0, folder: 'data', files: [], findings: [] }))).toBe(
      '0/0 valid\n',
    );
  });
});

describe('printable', () => {
  it('disarms what could move a cursor or turn the text around', () => {
    expect(printable('a\u001b[2Jb\u202ec\r\n')).toBe('a\\x1b[2Jb\\u202ec\\x0d\\x0a');
    expect(printable('币安人生USDT')).toBe('币安人生USDT');
  });
});
