/** The OpenAPI document and its page. Built at the first request for it, so that it costs the start nothing. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const TAGS: readonly (readonly [string, string])[] = [
  ['health', 'Probes for Kubernetes'],
  ['cluster', 'The market pipeline: universe, warm-up, streams'],
  ['symbols', 'What is followed: candles, market structure'],
  ['trading', 'Signals, orders, positions, and what came of them'],
  ['models', 'What learned from outcomes, and who judges'],
  ['history', 'The candle cache'],
  ['integrity', 'Is the cache whole? Findings and repair'],
  ['events', 'What happens, as it happens'],
  ['operations', 'Metrics and where to find what'],
];

export function buildDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.0.3')
    .setTitle('SelfLearningTrader')
    .setDescription(
      'Market data of Binance USDⓈ-M perpetual futures, warm and verified seconds after the start, and trading of them ' +
        'on paper or live. ' +
        'All instants are milliseconds since 1970 UTC by the clock of the exchange. ' +
        'Errors are problem documents (RFC 9457). Once API_TOKEN is set, calls that change anything need it.',
    )
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'this service')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API_TOKEN, once it is set' });
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
}

/** Swagger UI at /docs, the document at /docs-json and /docs-yaml. */
export function serveDocs(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= buildDocument(app)), {
    customSiteTitle: 'SelfLearningTrader API',
    swaggerOptions: {
      displayRequestDuration: true,
      tryItOutEnabled: true,
      persistAuthorization: false,
      validatorUrl: null,
    },
  });
}
