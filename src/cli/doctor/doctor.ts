import type { Command } from 'commander';
import { type Config, readConfig } from '../../config/config.ts';
import { checkNode } from '../../health/check-here.ts';
import { broken, checksOf } from '../../health/checks.ts';
import { describeFinding, type Finding, fail, skip } from '../../health/finding.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { oneLine } from '../../mail/mail-text.ts';
import { databaseAction, examples, json } from '../command.ts';
import { ReportedError, type Shell } from '../shell.ts';
import { checkConfiguredDatabase } from './check-configured-database.ts';

/** Sets up `stagedoor doctor`. */
export function addDoctor(doctor: Command, shell: Shell): void {
  doctor
    .description(
      'Look whether everything is as it has to be: configuration, database, migrations, clock, mail, issuer, certificate, keys; and say how to fix what is not. Changes nothing and sends no mail. Exit code 1 if something fails; warnings alone are 0. Clocks may be 5 s apart, a certificate should last 21 days.',
    )
    .action(databaseAction(shell, ({ options }) => runDoctor(shell, options.json === true)));
  examples(
    doctor,
    'doctor',
    'doctor --json | jq -r \'.checks[] | select(.state == "fail") | .fix\'',
  );
}

/** A finding as it is printed. */
interface Line {
  readonly check: string;
  readonly state: Finding['state'];
  readonly message: string;
  readonly fix?: string;
}

async function runDoctor(shell: Shell, asJson: boolean): Promise<void> {
  const all: Line[] = [];
  for await (const findings of examine(shell)) {
    const found = findings.map(toLine);
    all.push(...found);
    if (!asJson) {
      shell.out(found.map(print).join(''));
    }
  }
  const failed = all.filter(({ state }) => state === 'fail').length;
  const warned = all.filter(({ state }) => state === 'warn').length;
  shell.out(
    asJson
      ? json({ ok: failed === 0, checks: all })
      : `\n${failed === 0 && warned === 0 ? 'All is well.' : `${failed} failed, ${warned} to look at.`}\n`,
  );
  if (failed > 0) {
    throw new ReportedError();
  }
}

/** Runs the checks, dependencies first. */
async function* examine(shell: Shell): AsyncGenerator<readonly Finding[]> {
  let config: Config;
  try {
    config = readConfig(shell.env);
  } catch (error) {
    yield [checkNode(), ...wrongConfiguration(error), skip('health.database.unconfigured')];
    return;
  }
  for (const [name, check] of checksOf(config, () => checkConfiguredDatabase(config, shell))) {
    yield await check().catch((error: unknown) => [broken(name, error)]);
  }
}

function wrongConfiguration(error: unknown): Finding[] {
  if (!(error instanceof StagedoorError)) {
    throw error;
  }
  const problems = [...error.message.matchAll(/^ {2}- (.*)$/gm)].map(([, text]) => text ?? '');
  return problems.map((problem) => fail('health.configuration.wrong', { problem }));
}

function toLine(finding: Finding): Line {
  const { check, state } = finding;
  const { message, fix } = describeFinding(finding, 'en');
  return { check: check.replaceAll('_', ' '), state, message, ...(fix && { fix }) };
}

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', skip: '-   ' } as const;

function print({ check, state, message, fix }: Line): string {
  const indent = ' '.repeat(6 + 16);
  const line = `${MARKS[state]}  ${check.padEnd(16)}${oneLine(message, 500)}\n`;
  return fix === undefined ? line : `${line}${indent}-> ${oneLine(fix, 500)}\n`;
}
