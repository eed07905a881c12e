/** PromQL taken apart by Prometheus' own grammar: which metrics an expression reads, by which labels. */
import { parser } from '@prometheus-io/lezer-promql';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

export interface Expression {
  readonly selectors: readonly Selector[];
  /** Named by `by` and `without`. */
  readonly grouping: readonly string[];
}

/** @throws where it is not PromQL */
export function readPromql(text: string): Expression {
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  const of = (node: { from: number; to: number }): string => text.slice(node.from, node.to);
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${text}`);
      if (node.name === 'VectorSelector') selectors.push(selectorOf(node.node, of));
      if (node.name === 'GroupingLabels') grouping.push(...node.node.getChildren('LabelName').map(of));
    },
  });
  return { selectors, grouping };
}

function selectorOf(node: SyntaxNode, of: (node: SyntaxNode) => string): Selector {
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: of(node.getChild('Identifier')!),
    matchers: matchers.map((each) => ({
      label: of(each.getChild('LabelName')!),
      operator: of(each.getChild('MatchOp')!),
      value: of(each.getChild('StringLiteral')!).slice(1, -1),
    })),
  };
}
