# SPDX-License-Identifier: GPL-2.0
"""What one run adds to the guest: staged programs, module, files to bring."""

import hashlib
import os
import shlex
import shutil
import subprocess

from paths import (BED_FAILED, BUILD, CACHE, TOP, VM, BedError, kernel_dir,
                   kernel_release, tool)

MERGED = ("bin", "sbin", "lib", "lib64")
SOURCES = (".c", ".h", ".S", "Kbuild", "Makefile")


def guest_path(path):
    """Return a guest's path below the image's root, /lib as /usr/lib."""
    path = path.lstrip("/")
    if path.split("/")[0] in MERGED:
        path = "usr/" + path
    return path


def link_or_copy(source, target):
    """Hard-link if it can be, else copy: nothing is changed afterwards."""
    try:
        os.link(source, target, follow_symlinks=True)
    except OSError:
        shutil.copy2(source, target)
    return target


def merge(source, target):
    """Copy a file or a tree into the image, over what is there."""
    if os.path.isdir(source) and not os.path.islink(source):
        os.makedirs(target, exist_ok=True)
        for name in os.listdir(source):
            merge(os.path.join(source, name), os.path.join(target, name))
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.lexists(target):
        os.unlink(target)
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
    else:
        link_or_copy(source, target)


def add_stage(root):
    """Add what `make install-user DESTDIR=build/stage` left."""
    stage = os.path.join(BUILD, "stage")
    if os.path.isdir(stage):
        for name in os.listdir(stage):
            merge(os.path.join(stage, name),
                  os.path.join(root, guest_path(name)))


def add_put(root, word):
    """Add FILE-OR-DIR, or FILE-OR-DIR:DEST."""
    source, _, dest = word.partition(":")
    if not os.path.exists(source):
        raise BedError(BED_FAILED, "--put %s: there is no such file" % source)
    source = os.path.realpath(source)
    if not dest:
        dest = "/root/put/" + os.path.basename(source)
    merge(source, os.path.join(root, guest_path(dest)))


def newest(folder):
    """Return the newest modification time of the sources in folder."""
    times = [0.0]
    for path, _, names in os.walk(folder):
        times += [os.stat(os.path.join(path, n)).st_mtime for n in names
                  if n.endswith(SOURCES)]
    return max(times)


def our_module(kernel):
    """Return the path of the built module, brought up to date, or None."""
    module = os.path.join(BUILD, "modules", kernel, "neuron.ko")
    driver = os.path.join(TOP, "driver")
    buildable = any(os.path.exists(os.path.join(driver, name))
                    for name in ("Kbuild", "Makefile"))
    built = os.path.getmtime(module) if os.path.exists(module) else -1.0
    if buildable and newest(driver) > built:
        run = subprocess.run([os.path.join(VM, "kbuild"), "--kernel", kernel,
                              driver, os.path.dirname(module)],
                             capture_output=True, text=True, check=False)
        if run.returncode:
            raise BedError(BED_FAILED, "the module does not build:\n"
                           + run.stdout + run.stderr)
        if os.path.exists(module):
            os.utime(module)
    return module if os.path.exists(module) else None


def module_index(kernel, module):
    """Return a directory with what depmod says of kernel and module."""
    digest = hashlib.sha256(open(module, "rb").read()).hexdigest()[:16]
    index = os.path.join(kernel_dir(kernel), "index-" + digest)
    if os.path.isdir(index):
        return index
    release = kernel_release(kernel)
    work = index + ".%d" % os.getpid()
    modules = os.path.join(work, "usr/lib/modules", release)
    merge(os.path.join(kernel_dir(kernel), "modules"), work)
    merge(module, os.path.join(modules, "updates", "neuron.ko"))
    os.symlink("usr/lib", os.path.join(work, "lib"))
    subprocess.run(tool("sbin/depmod") + ["-b", work, release], check=True)
    done = work + ".done"
    os.makedirs(done)
    for name in os.listdir(modules):
        if name.startswith("modules."):
            shutil.copy2(os.path.join(modules, name), done)
    shutil.rmtree(work)
    try:
        os.rename(done, index)
    except OSError:
        shutil.rmtree(done)
    return index


def add_module(root, kernel, module):
    """Add our module so that modprobe finds it."""
    modules = os.path.join(root, "usr/lib/modules", kernel_release(kernel))
    merge(module_index(kernel, module), modules)
    merge(module, os.path.join(modules, "updates", "neuron.ko"))


def add_guest_scripts(root, settings, command, script, gets):
    """Add the guest's side of the bed and what it is to do."""
    here = os.path.join(root, "usr/lib/neuron/vm")
    merge(os.path.join(VM, "guest"), here)
    merge(os.path.join(VM, "guest/vmctl"), os.path.join(root, "usr/bin/vmctl"))
    texts = {
        "run.conf": "".join("%s=%s\n" % (k, shlex.quote(str(v)))
                            for k, v in settings.items()),
        "command": "#!/bin/bash\nexec %s\n" % shlex.join(command),
        "stdin": script,
        "gets": "".join(path + "\n" for path in gets),
    }
    for name, text in texts.items():
        path = os.path.join(here, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755 if name == "command" else 0o644)


def pack(root, image):
    """Make the read-only image of root."""
    run = subprocess.run(tool("bin/mksquashfs") + [
        root, image, "-all-root", "-noI", "-noD", "-noF", "-noX",
        "-no-progress", "-quiet"], capture_output=True, text=True, check=False)
    if run.returncode:
        raise BedError(BED_FAILED, "mksquashfs: " + run.stderr)


def base_image():
    """Return the path of the image that all guests share."""
    return os.path.join(CACHE, "rootfs.img")
