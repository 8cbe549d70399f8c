import type { Routes } from '#platform/http'
import type { UsersApi } from '../api.ts'
import type { Auth } from '../auth/open-auth.ts'
import { hasStaff } from '../store/users.ts'
import { acceptInvitation } from './accept-invitation/accept-invitation.ts'
import { acceptInvitationPage } from './accept-invitation/page.ts'
import { acceptInvitationRoute } from './accept-invitation/route.ts'
import { changeRolePermissions } from './change-role-permissions/change-role-permissions.ts'
import { changeRolePermissionsRoute } from './change-role-permissions/route.ts'
import { changeUser } from './change-user/change-user.ts'
import { changeUserRoute } from './change-user/route.ts'
import { createUser } from './create-user/create-user.ts'
import { grantRole } from './grant-role/grant-role.ts'
import { inviteFirstAdmin, inviteStaff } from './invite-staff/invite-staff.ts'
import { listRoles } from './list-roles/query.ts'
import { listRolesRoute } from './list-roles/route.ts'
import { listUsers } from './list-users/query.ts'
import { listUsersRoute } from './list-users/route.ts'
import { showUser } from './show-user/query.ts'
import { showUserRoute } from './show-user/route.ts'

type Staff = Readonly<{ users: UsersApi; routes: readonly Routes[]; pages: readonly Routes[] }>

/** The work of staff on accounts: invitations, roles, permissions, and the users of the shop. */
export const staff = (auth: Auth): Staff => ({
  users: {
    create: createUser(auth),
    grantRole: grantRole(auth),
    invite: inviteStaff(auth),
    inviteFirstAdmin: inviteFirstAdmin(auth),
    hasStaff: () => hasStaff(auth.db),
  },
  routes: [
    listUsersRoute({ listUsers: listUsers(auth) }),
    showUserRoute({ showUser: showUser(auth) }),
    changeUserRoute({ changeUser: changeUser(auth) }),
    listRolesRoute({ listRoles: listRoles(auth) }),
    changeRolePermissionsRoute({ changeRolePermissions: changeRolePermissions(auth) }),
    acceptInvitationRoute({ acceptInvitation: acceptInvitation(auth) }),
  ],
  pages: [acceptInvitationPage],
})
