# SPDX-License-Identifier: GPL-2.0-or-later
#
# The package for Buildroot, of the source tree that this external tree lies in. The programs are
# static whatever the rest of the system is: one starts before anything is mounted. Of zlib they
# take five files of the source, of BearSSL nine, since a system with shared libraries has no static
# ones.

KDUMP_INIT_VERSION = 0.1.0
KDUMP_INIT_SITE = $(BR2_EXTERNAL_KDUMP_INIT_PATH)/../../..
KDUMP_INIT_SITE_METHOD = local
KDUMP_INIT_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude build
KDUMP_INIT_LICENSE = GPL-2.0+
KDUMP_INIT_LICENSE_FILES = LICENSE
KDUMP_INIT_DEPENDENCIES = libzlib $(if $(BR2_PACKAGE_KDUMP_INIT_SEAL),bearssl)

# Flags of the machine are in TARGET_CC; the program's own make it small.
KDUMP_INIT_MAKE = $(TARGET_MAKE_ENV) $(MAKE) -C $(@D) ARCH=own CC="$(TARGET_CC)" \
	STRIP="$(TARGET_STRIP)" ZLIB_SOURCE=$(LIBZLIB_DIR) \
	$(if $(BR2_PACKAGE_KDUMP_INIT_SEAL),BEARSSL_SOURCE=$(BEARSSL_DIR),WITH_SEAL=no)

define KDUMP_INIT_BUILD_CMDS
	$(KDUMP_INIT_MAKE)
endef

define KDUMP_INIT_INSTALL_TARGET_CMDS
	$(KDUMP_INIT_MAKE) install DESTDIR=$(TARGET_DIR)
endef

# Units of systemd are among what "make install" brings.
define KDUMP_INIT_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 755 $(@D)/initramfs/kdump-load.init $(TARGET_DIR)/etc/init.d/S15kdump-load
	$(INSTALL) -D -m 755 $(@D)/initramfs/kdump-report.init $(TARGET_DIR)/etc/init.d/S99kdump-report
endef

define KDUMP_INIT_INSTALL_INIT_OPENRC
	$(INSTALL) -D -m 755 $(@D)/initramfs/kdump-load.openrc $(TARGET_DIR)/etc/init.d/kdump-load
	$(INSTALL) -D -m 755 $(@D)/initramfs/kdump-report.openrc $(TARGET_DIR)/etc/init.d/kdump-report
endef

# As config/kernel/first.config; the kernel that captures is the same one.
define KDUMP_INIT_LINUX_CONFIG_FIXUPS
	$(call KCONFIG_ENABLE_OPT,CONFIG_KEXEC)
	$(call KCONFIG_ENABLE_OPT,CONFIG_CRASH_DUMP)
	$(call KCONFIG_ENABLE_OPT,CONFIG_PROC_VMCORE)
	$(call KCONFIG_ENABLE_OPT,CONFIG_MAGIC_SYSRQ)
endef

$(eval $(generic-package))
