/* entered_folder.h - a folder of a test's own, in which it runs, so that it names files without one.
 *
 *     TestSuite(name, .init = entered_folder_make, .fini = entered_folder_remove);
 */
#ifndef SUPPORT_ENTERED_FOLDER_H
#define SUPPORT_ENTERED_FOLDER_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char entered_folder[] = "/tmp/fringe-entered-XXXXXX";

static void entered_folder_make(void)
{
    cr_assert_not_null(mkdtemp(entered_folder));
    cr_assert_eq(chdir(entered_folder), 0);
}

static void entered_folder_remove(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", entered_folder);
    cr_expect_eq(system(command), 0);
}

#endif
