import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';

import { sessionOptions } from '../../src/app.session.js';
import { checkFeatures, Feature, featureOf } from '../../src/feature/feature.js';

@Injectable()
class Notes {}

@Injectable()
class NotesLayout {
  constructor(readonly notes: Notes) {}

  of() {
    return { notes: 3 };
  }
}

@Controller('notes')
class NotesController {}

@Feature({
  name: 'notes',
  controllers: [NotesController],
  providers: [Notes, NotesLayout],
  exports: [Notes],
  layout: NotesLayout,
  appName: 'Notebook',
})
class NotesModule {}

test('what a feature says of itself can be asked for', () => {
  expect(featureOf(NotesModule)).toMatchObject({ name: 'notes', appName: 'Notebook' });
});

test('a module that does not say that it is a feature is refused by its name', () => {
  @Module({})
  class PlainModule {}
  expect(() => featureOf(PlainModule)).toThrow('PlainModule is not a feature: it lacks @Feature()');
});

test('all of the app can inject what a feature exports, and what the layout shows of it', async () => {
  @Injectable()
  class Elsewhere {
    constructor(
      readonly notes: Notes,
      readonly layout: NotesLayout,
    ) {}
  }

  @Module({ providers: [Elsewhere] })
  class ElsewhereModule {}

  @Module({ imports: [NotesModule, ElsewhereModule] })
  class App {}

  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const { notes, layout } = app.get(Elsewhere, { strict: false });
  expect(notes).toBe(app.get(Notes, { strict: false }));
  expect(layout.of()).toEqual({ notes: 3 });
  await app.close();
});

describe('two features that bring the same', () => {
  const field = { default: null } as never;

  test.each([
    ['name', {}, { name: 'notes' }, 'the name notes'],
    [
      'session field',
      { session: { note: field } },
      { session: { note: field } },
      'the session field note',
    ],
    ['home page', { hasHomePage: true }, { hasHomePage: true }, 'the home page'],
    ['name of the app', { appName: 'A' }, { appName: 'B' }, 'the name of the app'],
  ])('%s are refused', (_, one, other, what) => {
    const features = [
      { name: 'notes', ...one },
      { name: 'wishes', ...other },
    ];
    expect(() => checkFeatures(features)).toThrow(`two features bring ${what}`);
  });

  test('are fine when they bring different things', () => {
    const features = [
      { name: 'notes', hasHomePage: true },
      { name: 'wishes', appName: 'A' },
    ];
    expect(() => checkFeatures(features)).not.toThrow();
  });
});

describe('a field of the session', () => {
  const start = (schema: z.ZodType) => () =>
    sessionOptions([{ name: 'notes', session: { note: schema } }]);

  test.each([
    ['without a default', z.string()],
    ['whose default JSON can’t hold', z.date().default(new Date())],
    [
      'that can’t be stored',
      z
        .string()
        .default('a')
        .transform((text) => text.length),
    ],
  ])('%s is refused at the start, by its name', (_, schema) => {
    expect(start(schema)).toThrow(/the session field note of the feature notes needs a default/);
  });

  test('that is a codec to JSON is taken', () => {
    const date = z.codec(z.string(), z.date(), {
      decode: (text) => new Date(text),
      encode: (value) => value.toISOString(),
    });
    expect(start(date.default(new Date(0)))).not.toThrow();
  });
});

test.each(['', 'Notes', 'my notes', '../notes'])('%j is no name for a feature', (name) => {
  expect(() => checkFeatures([{ name }])).toThrow(/is no name for a feature/);
});
