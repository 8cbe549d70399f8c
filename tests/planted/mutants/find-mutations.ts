import { parseSync, Visitor, type Expression } from 'oxc-parser'
import type { Mutation } from './mutation.ts'
import { sqlChanges } from './sql-changes.ts'

const operators: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
}
const methods = new Map([
  ['every', 'some'],
  ['some', 'every'],
  ['min', 'max'],
  ['max', 'min'],
])

type Operation = Readonly<{ operator: string; left: Readonly<{ end: number }>; right: Readonly<{ start: number }> }>

/** Every change of one token that makes another program of a TypeScript file: operators, conditions, locks, SQL. */
export function findMutations(file: string, source: string): readonly Mutation[] {
  const found: Mutation[] = []
  const add = (start: number, end: number, replacement: string) =>
    found.push({ file, start, end, text: source.slice(start, end), replacement })
  const swapOperator = ({ operator, left, right }: Operation) => {
    const start = source.indexOf(operator, left.end)
    const replacement = operators[operator]
    if (replacement !== undefined && start < right.start) add(start, start + operator.length, replacement)
  }
  new Visitor({
    BinaryExpression: swapOperator,
    LogicalExpression: swapOperator,
    Literal: ({ value, start, end }) => {
      if (typeof value === 'boolean') add(start, end, String(!value))
    },
    UnaryExpression: ({ operator, start, argument }) => {
      if (operator === '!') add(start, argument.start, '')
    },
    MemberExpression: ({ property }) => {
      const replacement = property.type === 'Identifier' ? methods.get(property.name) : undefined
      if (replacement) add(property.start, property.end, replacement)
    },
    ExpressionStatement: ({ expression, start, end }) => {
      if (/^lock[A-Z]|^lock$/.test(nameOfCall(expression))) add(start, end, '')
    },
    TemplateLiteral: ({ start, end, quasis }) => {
      if (!isSql(source, start, end)) return
      for (const quasi of quasis)
        for (const { at, text, replacement } of sqlChanges(source.slice(quasi.start, quasi.end)))
          add(quasi.start + at, quasi.start + at + text.length, replacement)
    },
  }).visit(parseSync(file, source).program)
  return found
}

/** True for a template that is tagged `sql`, also a fragment of a statement, and for a text that is a statement. */
const isSql = (source: string, start: number, end: number): boolean =>
  /\bsql(<[^`]*>)?$/.test(source.slice(Math.max(0, start - 500), start)) ||
  /\b(select|insert into|update|delete from|with)\b/.test(source.slice(start, end))

/** The name of the function that a statement calls; empty for other statements. */
function nameOfCall(expression: Expression): string {
  const call = expression.type === 'AwaitExpression' ? expression.argument : expression
  return call.type === 'CallExpression' && call.callee.type === 'Identifier' ? call.callee.name : ''
}
