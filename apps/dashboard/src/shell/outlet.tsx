import type { ComponentType } from 'preact';
import { useEffect, useErrorBoundary, useState } from 'preact/hooks';
import { messageOf } from '../api/problem';
import { location } from '../router';
import { FIRST_ROUTE, type PageProps, type Route, ROUTES } from '../routes';
import { Failure } from '../ui/states';

/** The page that the address names. */
export function Outlet() {
  const { path, query } = location.value;
  const [name = FIRST_ROUTE.name, ...rest] = path;
  const route = ROUTES.find((each) => each.name === name);
  if (route === undefined) {
    return (
      <p class="empty">
        There is no page “{name}”. <a href={`#/${FIRST_ROUTE.name}`}>{FIRST_ROUTE.title}</a> is one.
      </p>
    );
  }
  return <Loader key={route.name} route={route} path={rest} query={query} />;
}

function Loader({ route, path, query }: PageProps & { route: Route }) {
  const [page, setPage] = useState<{ Page: ComponentType<PageProps> } | undefined>();
  const [loadError, setLoadError] = useState<string | undefined>();
  const [error, resetError] = useErrorBoundary();

  const load = (): void => {
    setLoadError(undefined);
    route.load().then(setPage, (reason: unknown) => setLoadError(messageOf(reason)));
  };
  useEffect(load, [route]);
  useEffect(() => {
    document.title = `${route.title} · SelfLearningTrader`;
  }, [route]);

  if (error !== undefined) return <Failure message={messageOf(error)} onRetry={resetError} />;
  if (loadError !== undefined) return <Failure message={loadError} onRetry={load} />;
  if (page === undefined) return <p class="note">Loading …</p>;
  return (
    <>
      <h1 class="page-title">{route.title}</h1>
      <page.Page path={path} query={query} />
    </>
  );
}
