/** Input as DTOs: unknown fields are refused, every problem is named at once. */
import { ValidationPipe, type ValidationError as Constraint } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { type FieldProblem, ValidationError } from './problem';

export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: false,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new ValidationError(errors.flatMap((error) => fieldsOf(error, ''))),
  });
}

function fieldsOf(error: Constraint, prefix: string): FieldProblem[] {
  const field = `${prefix}${error.property}`;
  const messages = Object.values(error.constraints ?? {});
  const inner = (error.children ?? []).flatMap((child) => fieldsOf(child, `${field}.`));
  return messages.length > 0 ? [{ field, messages }, ...inner] : inner;
}

/** A whole number as text of a query; what is none is handed on for the validator to name. */
export function QueryInteger(): PropertyDecorator {
  return Transform(({ value }) =>
    typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value,
  );
}

/** Texts separated by commas. */
export function QueryList(): PropertyDecorator {
  return Transform(({ value }) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== '')
      : value,
  );
}

/** `true` or `false` as text of a query. */
export function QueryFlag(): PropertyDecorator {
  return Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));
}
