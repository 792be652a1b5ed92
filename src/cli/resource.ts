import type { Command } from 'commander';
import type { Endpoint } from '../api/endpoint.ts';
import { ownValue } from '../lib/own-value.ts';
import { action, examples, json, type Line, printEntry } from './command.ts';
import { confirm, type PasswordOptions, readPassword } from './confirm.ts';
import { withManagement } from './connect.ts';
import { type Flags, hasPassword, type Input, inputsOf, readInputs } from './inputs.ts';
import { printList } from './list.ts';
import { type Management, quote } from './management.ts';
import {
  describedOperations,
  helpOf,
  isList,
  type MakeEndpoints,
  nounOf,
  type Operations,
  requestOf,
} from './operation.ts';
import type { Columns } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

/** Commands about one kind of object, derived from operations of the management API. */
export interface Resource {
  readonly endpoints: MakeEndpoints;
  readonly examples: readonly string[];
  /** Columns of lists. */
  readonly columns: Columns;
  /** Lines about one object. */
  readonly facts: Columns;
  /** Names of path parameters on the command line, if they differ. */
  readonly params?: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, ResourceCommand>>;
}

/** A command that calls one operation. */
export interface ResourceCommand extends Partial<Pick<Resource, 'columns' | 'facts'>> {
  /** Id of the operation in `openapi.json`. */
  readonly operation: string;
  /** Absent: one with the examples of the parameters. */
  readonly examples?: readonly string[];
  /** Replaces summary and details of the operation. */
  readonly description?: string;
  /** Body of a command without options. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Field of the body that is an argument. */
  readonly argument?: string;
  readonly flags?: Flags;
  /** Fields that the command requires and the API does not. */
  readonly required?: readonly string[];
  /** Option texts by field, in place of the schema's. */
  readonly help?: Readonly<Record<string, string>>;
  /** Converts the fields that were given for the API. */
  readonly complete?: (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** End of the confirmation question. Absent: the command does not ask. */
  readonly confirm?: string;
  /** Describes work that the server continues after a deletion; undefined if there is none. */
  readonly progress?: (api: Management, id: string) => Promise<string | undefined>;
}

type Options = Readonly<Record<string, unknown>> & PasswordOptions & { readonly yes?: boolean };
type ResourceLine = Line<Options>;

/** Makes a function that adds the commands of a resource to its group. */
export function resourceCommands(resource: Resource): (group: Command, shell: Shell) => Operations {
  return (group, shell) => {
    const operations = describedOperations(resource.endpoints);
    examples(group, ...resource.examples);
    for (const [name, spec] of Object.entries(resource.commands)) {
      const command = group.command(name);
      const endpoint = operations(spec.operation);
      addCommand(command, shell, resource, spec, endpoint);
      const words = Object.values(endpoint.description.params ?? {}).map((one) => one.example);
      examples(command, ...(spec.examples ?? [[group.name(), name, ...words].join(' ')]));
    }
    return operations;
  };
}

function addCommand(
  command: Command,
  shell: Shell,
  resource: Resource,
  spec: ResourceCommand,
  endpoint: Endpoint,
): void {
  const { description } = endpoint;
  const schema =
    spec.body === undefined ? (description.body?.schema ?? description.query) : undefined;
  const inputs = schema === undefined ? [] : inputsOf(schema, spec);
  command.description(spec.description ?? helpOf(description));
  for (const [name, param] of Object.entries(description.params ?? {})) {
    command.argument(`<${ownValue(resource.params ?? {}, name) ?? name}>`, param.description);
  }
  for (const { field, option } of inputs) {
    if (field === spec.argument) {
      command.argument(`<${field}>`, option.description);
    } else {
      command.addOption(option);
    }
  }
  if (schema !== undefined && hasPassword(schema)) {
    command
      .option('--ask-password', 'ask for the password on this terminal')
      .option('--password-stdin', 'read the password from standard input');
  }
  for (const [flag, [help]] of Object.entries(spec.flags ?? {})) {
    command.option(flag, help);
  }
  if (spec.confirm !== undefined) {
    command.option('-y, --yes', 'do not ask');
  }
  command.action(
    action(shell, async (line: ResourceLine) => {
      const fields = await readFields(line, spec, endpoint, inputs);
      await (spec.confirm === undefined
        ? call(line, resource, spec, endpoint, fields)
        : end(line, resource, spec, endpoint, fields));
    }),
  );
}

/** @throws UsageError for a change of nothing */
async function readFields(
  line: ResourceLine,
  { body, flags = {}, argument, complete }: ResourceCommand,
  { method }: Endpoint,
  inputs: readonly Input[],
): Promise<Record<string, unknown>> {
  const password = await readPassword(line.shell, line.options);
  const fields = {
    ...body,
    ...readInputs(line, inputs, flags),
    ...(argument === undefined ? {} : { [argument]: line.args.at(-1) }),
    ...(password === undefined ? {} : { password }),
  };
  if (method === 'patch' && Object.keys(fields).length === 0) {
    throw new UsageError('Name what is to change.');
  }
  return { ...fields, ...complete?.(fields) };
}

/** Calls the operation and prints the answer. */
async function call(
  line: ResourceLine,
  { endpoints, ...resource }: Resource,
  { columns = resource.columns, facts = resource.facts }: ResourceCommand,
  endpoint: Endpoint,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const request = requestOf(endpoint, line.args, fields);
  await withManagement(line.shell, line.options.url, endpoints, async (api) => {
    if (isList(endpoint)) {
      const such = Object.keys(fields).length > 0 ? 'such ' : '';
      const none = `There are no ${such}${nounOf(endpoint)}s.`;
      await printList(api, line, { ...request, columns, none });
    } else {
      printEntry(line, (await api.call(request)).body, facts);
    }
  });
}

/** Deletes or revokes, after confirmation. */
async function end(
  line: ResourceLine,
  { endpoints }: Resource,
  { confirm: consequence = '', progress }: ResourceCommand,
  endpoint: Endpoint,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { shell, options, args, name } = line;
  const id = args.at(-1) ?? '';
  const what = `the ${nounOf(endpoint)} ${quote(id)}`;
  const deletes = !name.endsWith('revoke');
  const [verb, done] = deletes ? ['Delete', 'Deleted'] : ['Revoke', 'Revoked'];
  await confirm(shell, `${verb} ${what}${consequence}?`, options.yes);
  const { body, left } = await withManagement(shell, options.url, endpoints, async (api) => {
    const answer = await api.call(requestOf(endpoint, args, fields));
    return { body: answer.body, left: await progress?.(api, id) };
  });
  const answer = deletes ? { deleted: id } : body;
  shell.out(options.json ? json(answer) : `${done} ${what}.\n${left ?? ''}`);
}
