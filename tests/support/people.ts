/** Rows of a test's own, so that one test's users are not another's. */
import type { Row } from './database.ts';
import type { Endpoint } from './endpoint.ts';

/** Writes users, roles and links into an endpoint's database. */
export function people(endpoint: () => Endpoint) {
  let count = 0;

  const insert = (table: string, ...rows: Row[]) => endpoint().database.insert(table, ...rows);

  /** A user who may do nothing yet. */
  async function newUser(row: Row = {}): Promise<string> {
    count += 1;
    const id = `user-new-${count}`;
    await insert('User', { id, username: id, ...row });
    return id;
  }

  /** Gives a user a role of the community: one that there is, or a new one that allows these actions. */
  async function grantRole(userId: string, role: string | readonly string[], row: Row = {}): Promise<void> {
    count += 1;
    const roleId = typeof role === 'string' ? role : `role-new-${count}`;
    if (typeof role !== 'string') await insert('Role', { id: roleId, name: roleId, actions: JSON.stringify(role) });
    await insert('UserRoles', { id: `link-${count}`, userId, communityId: 'community-kraken', roleId, ...row });
  }

  /** A user with the default role Member. */
  async function newMember(): Promise<string> {
    const user = await newUser();
    await grantRole(user, 'role-member');
    return user;
  }

  return { insert, newUser, grantRole, newMember };
}
