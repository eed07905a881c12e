import { location } from '../router';
import { FIRST_ROUTE, ROUTES } from '../routes';

export function Navigation() {
  const current = location.value.path[0] ?? FIRST_ROUTE.name;
  return (
    <nav aria-label="Pages">
      <ul>
        {ROUTES.map(({ name, title }) => (
          <li key={name}>
            <a href={`#/${name}`} aria-current={name === current ? 'page' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
