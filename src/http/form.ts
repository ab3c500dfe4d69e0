import { Body, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';

import { type FieldErrors, FormRejected } from './http.errors.js';

/** A form: its fields, and the page that it stands on. */
export interface Form<Fields extends z.ZodRawShape = z.ZodRawShape> {
  readonly fields: z.ZodObject<Fields>;
  /** The page to show again when the form is rejected; without one the error page lists the mistakes. */
  readonly page?: FormPage;
}

export interface FormPage {
  readonly view: string;
  readonly model: (state: FormState) => object;
  /** Fields whose value is not put back into the page. */
  readonly secret: readonly string[];
}

/** What a page shows of a form. */
export interface FormState {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
}

export type ValuesOf<F extends Form> = z.infer<F['fields']>;

/**
 * A form with these fields. No other reaches a handler (ASVS 5.0, 15.3.3): browser extensions add some, and whoever has one
 * could do nothing about a refusal.
 */
export function defineForm<Fields extends z.ZodRawShape>(
  fields: Fields,
  page?: FormPage,
): Form<Fields> {
  return { fields: z.object(fields), ...(page && { page }) };
}

/** The checked body of a request, for a handler's parameter. */
export function FormBody(form: Form): ParameterDecorator {
  return Body(new FormPipe(form));
}

/** What a page shows of a form that was sent: what was typed, but no secrets, nothing unknown, and nothing endless. */
export function stateOf(rejected: FormRejected): FormState {
  const sent = Object(rejected.sent) as Record<string, unknown>;
  const values: Record<string, string> = {};
  for (const field of Object.keys(rejected.form.fields.shape)) {
    const value = sent[field];
    if (typeof value !== 'string' || rejected.form.page?.secret.includes(field)) continue;
    values[field] = value.slice(0, LONGEST_ECHO);
  }
  return { values, errors: rejected.errors };
}

const LONGEST_ECHO = 2_000;

class FormPipe implements PipeTransform {
  constructor(private readonly form: Form) {}

  transform(body: unknown): unknown {
    const result = this.form.fields.safeParse(body ?? {}, { error: messageFor });
    if (result.success) return result.data;
    throw new FormRejected(this.form, body, fieldErrors(result.error.issues));
  }
}

/** What to say where a field of a form says nothing itself. */
function messageFor(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  if (Array.isArray(issue.input)) return 'was sent more than once';
  return 'is not what this form takes';
}

/** The first mistake of each field. */
function fieldErrors(issues: z.core.$ZodIssue[]): FieldErrors {
  const errors: Record<string, string> = Object.create(null);
  for (const issue of issues) {
    errors[issue.path.join('.') || 'form'] ??= issue.message;
  }
  return { ...errors };
}
