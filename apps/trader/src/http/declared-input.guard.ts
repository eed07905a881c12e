import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { type FieldProblem, ValidationError } from './problem';

const VERSIONED = /^\/v\d+\//;

/**
 * Refuses a query or a body that a call does not take. The validation of DTOs sees only what a handler declares: without this,
 * `POST /v1/trading/halt?flatten=true` would halt, flatten nothing and say that all is well. Probes, metrics and pages are
 * spared: what a scraper or a browser adds to them is its own matter.
 */
@Injectable()
export class DeclaredInputGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { query, body, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!VERSIONED.test(routeOptions.url ?? '')) return true;
    const declared = declaredInput(context);
    const undeclared: FieldProblem[] = [
      ...(declared.has(RouteParamtypes.QUERY) ? [] : namesIn(query).map(neverExpected)),
      ...(declared.has(RouteParamtypes.BODY) ? [] : namesIn(body).map(neverExpected)),
    ];
    if (undeclared.length > 0) throw new ValidationError(undeclared);
    return true;
  }
}

/** Nest keeps what a handler's decorators ask for under keys such as `4:0`: its kind, and its place among the arguments. */
function declaredInput(context: ExecutionContext): ReadonlySet<number> {
  const declared = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as
    Readonly<Record<string, unknown>> | undefined;
  return new Set(Object.keys(declared ?? {}).map((key) => Number(key.split(':', 1)[0])));
}

/** An empty object says nothing: some clients send it with every POST. */
function namesIn(input: unknown): string[] {
  if (input === undefined || input === null) return [];
  return typeof input === 'object' ? Object.keys(input) : ['body'];
}

function neverExpected(field: string): FieldProblem {
  return { field, messages: [`property ${field} should not exist`] };
}
