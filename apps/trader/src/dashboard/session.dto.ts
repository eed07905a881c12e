import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'Session' })
export class SessionDto {
  @ApiProperty({
    description: 'Whether changes need the token or a session: API_TOKEN is set.',
    example: true,
  })
  required: boolean;

  @ApiProperty({ description: 'Whether this browser has a live session.', example: true })
  signedIn: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Goes into the header X-CSRF-Token of each change; null without a session.',
    example: 'jY1cKZpXn0cQ3cVb3m4m3v8o9m6JmJq8nqGqf0q2n4E',
  })
  csrfToken: string | null;
}
