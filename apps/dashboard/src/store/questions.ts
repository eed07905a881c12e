/** The one dialog that asks "really?": a page awaits the answer, the shell shows the question. */
import { signal } from '@preact/signals';

export interface Question {
  readonly title: string;
  /** What will happen, and what will not. */
  readonly text: string;
  /** On the button that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Must be typed before the button works. */
  readonly typed?: string;
}

interface Asked extends Question {
  readonly answer: (isConfirmed: boolean) => void;
}

export const question = signal<Asked | undefined>(undefined);

/** @returns whether the person confirmed; a question that is still open is answered with no */
export function confirm(asked: Question): Promise<boolean> {
  question.peek()?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (isConfirmed) => {
        question.value = undefined;
        resolve(isConfirmed);
      },
    };
  });
}
