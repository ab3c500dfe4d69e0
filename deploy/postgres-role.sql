-- The role of this program: it reads and writes rows, and makes and changes no table. Migrations take the owner's rights.
--   psql "$OWNER_URL" -v password=a-password-of-your-own -f deploy/postgres-role.sql
-- With sessions in PostgreSQL, too, start the program once with OWNER_URL before: it makes their table then.
CREATE ROLE app LOGIN PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
REVOKE ALL ON _prisma_migrations FROM app;
REVOKE INSERT, UPDATE, DELETE ON products FROM app; -- The demo only reads what it sells.
REVOKE UPDATE, DELETE ON orders, order_lines FROM app; -- The demo never changes an order.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
