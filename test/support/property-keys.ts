import { join } from 'node:path';
import ts from 'typescript';

/** A place where a name that is not known in advance selects a property of an object. */
export interface KeyedAccess {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Functions that select properties by name, like an expression with brackets. */
const REFLECTION = new Set([
  'Reflect.get',
  'Reflect.set',
  'Reflect.has',
  'Reflect.deleteProperty',
  'Reflect.getOwnPropertyDescriptor',
]);

/**
 * Finds every property access whose key is an arbitrary string: `object[key]` (read, write, delete),
 * `key in object`, `{ [key]: value } = object`, `Reflect.get(object, key)`, and `Object.assign` from
 * an object with arbitrary keys, which sets the prototype for a key `__proto__`.
 *
 * Safe and not reported: keys of literal types, numbers and symbols; object literals with computed keys and `Object.fromEntries`, which define own properties only.
 */
export function findKeyedAccesses(
  program: ts.Program,
  isChecked: (file: string) => boolean,
): KeyedAccess[] {
  const checker = program.getTypeChecker();
  const found: KeyedAccess[] = [];
  for (const source of program.getSourceFiles()) {
    if (!isChecked(source.fileName)) {
      continue;
    }
    const visit = (node: ts.Node): void => {
      if (selectsByArbitraryKey(checker, node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        found.push({ file: source.fileName, line: line + 1, text: node.getText(source) });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

function selectsByArbitraryKey(checker: ts.TypeChecker, node: ts.Node): boolean {
  if (ts.isElementAccessExpression(node)) {
    return isArbitrary(checker, node.argumentExpression);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) {
    return isArbitrary(checker, node.left);
  }
  if (ts.isComputedPropertyName(node) && isInPattern(node.parent)) {
    return isArbitrary(checker, node.expression);
  }
  return ts.isCallExpression(node) && callSelectsByArbitraryKey(checker, node);
}

function callSelectsByArbitraryKey(checker: ts.TypeChecker, call: ts.CallExpression): boolean {
  const name = call.expression.getText();
  const [first, second] = call.arguments;
  if (REFLECTION.has(name)) {
    return second === undefined || isArbitrary(checker, second);
  }
  if (name === 'Object.assign' && first !== undefined) {
    return call.arguments.slice(1).some((argument) => {
      const type = checker.getTypeAtLocation(argument);
      return ts.isSpreadElement(argument) || hasArbitraryKeys(checker, type);
    });
  }
  return false;
}

/**
 * Tests if a property is in a destructuring pattern, which reads it; an object literal defines it.
 */
function isInPattern(property: ts.Node): boolean {
  if (ts.isBindingElement(property)) {
    return true;
  }
  let literal = property.parent;
  while (ts.isObjectLiteralExpression(literal) || ts.isArrayLiteralExpression(literal)) {
    const { parent } = literal;
    if (isAssignmentTarget(parent, literal)) {
      return true;
    }
    literal = ts.isPropertyAssignment(parent) ? parent.parent : parent;
  }
  return false;
}

function isAssignmentTarget(parent: ts.Node, literal: ts.Node): boolean {
  return (
    (ts.isBinaryExpression(parent) &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      parent.left === literal) ||
    (ts.isForOfStatement(parent) && parent.initializer === literal)
  );
}

function isArbitrary(checker: ts.TypeChecker, key: ts.Expression): boolean {
  return isArbitraryType(checker, checker.getTypeAtLocation(key));
}

function isArbitraryType(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isUnion()) {
    return type.types.some((member) => isArbitraryType(checker, member));
  }
  const safe = ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLike | ts.TypeFlags.ESSymbolLike;
  if ((type.flags & (safe | ts.TypeFlags.Never)) !== 0) {
    return false;
  }
  // A type parameter or `keyof T` is judged by its constraint.
  const limit = checker.getBaseConstraintOfType(type);
  return limit === undefined || limit === type || isArbitraryType(checker, limit);
}

function hasArbitraryKeys(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isUnion()) {
    return type.types.some((member) => hasArbitraryKeys(checker, member));
  }
  return (
    (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0 ||
    checker.getIndexInfoOfType(type, ts.IndexKind.String) !== undefined
  );
}

/** Compiles `src` with tsconfig.json, with an additional source text instead of a file. */
export function compileProgram(root: string, more: { file: string; text: string }): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: ['src'] }, ts.sys, root);
  const files = ts.sys.readDirectory(join(root, 'src'), ['.ts']);
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === more.file
      ? ts.createSourceFile(name, more.text, ts.ScriptTarget.ES2024, true)
      : getSourceFile(name, ...rest);
  return ts.createProgram([...files, more.file], { ...options, incremental: false }, host);
}
