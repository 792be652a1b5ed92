import type { Command } from 'commander';
import { type Config, readConfig } from '../../config/config.ts';
import { broken, CHECKS } from '../../health/checks.ts';
import { type Finding, fail, skip } from '../../health/finding.ts';
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

async function runDoctor(shell: Shell, asJson: boolean): Promise<void> {
  const all: Finding[] = [];
  for await (const findings of examine(shell)) {
    all.push(...findings);
    if (!asJson) {
      shell.out(findings.map(toLines).join(''));
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
  yield await CHECKS.node();
  let config: Config;
  try {
    config = readConfig(shell.env);
  } catch (error) {
    yield wrongConfiguration(error);
    yield [skip('the rest', 'It needs a configuration.')];
    return;
  }
  const { configuration, 'data folder': dataFolder, node: _, ...others } = CHECKS;
  const checks = {
    configuration,
    'data folder': dataFolder,
    database: (one: Config) => checkConfiguredDatabase(one, shell),
    ...others,
  };
  for (const [name, check] of Object.entries(checks)) {
    yield await check(config).catch((error: unknown) => [broken(name, error)]);
  }
}

function wrongConfiguration(error: unknown): Finding[] {
  if (!(error instanceof StagedoorError)) {
    throw error;
  }
  const problems = [...error.message.matchAll(/^ {2}- (.*)$/gm)].map(([, text]) => text ?? '');
  return problems.map((problem) =>
    fail(
      'configuration',
      `${problem}.`,
      'Set the environment variable; the README lists them all.',
    ),
  );
}

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', skip: '-   ' } as const;

function toLines({ check, state, message, fix }: Finding): string {
  const indent = ' '.repeat(6 + 16);
  const line = `${MARKS[state]}  ${check.padEnd(16)}${oneLine(message, 500)}\n`;
  return fix === undefined ? line : `${line}${indent}-> ${oneLine(fix, 500)}\n`;
}
