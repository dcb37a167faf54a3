"""Processor features and quotas, read from texts as the systems write them."""

import subprocess
import sys
from pathlib import Path

import pytest

from models.cgroup import memory_limit, processor_quota
from models.processor import (
    FEATURES,
    cpuinfo_features,
    features,
    int8_saturates,
    processor_name,
    sysctl_features,
    usable_cores,
)

CASCADE_LAKE = """processor\t: 0
model name\t: Intel(R) Xeon(R) Processor @ 2.50GHz
flags\t\t: fpu sse2 avx avx2 avx512f avx512bw avx512_vnni md_clear
bugs\t\t: spectre_v1

processor\t: 1
flags\t\t: fpu sse2 avx avx2 avx512f avx512bw avx512_vnni md_clear
"""
HASWELL = "flags\t\t: fpu sse2 avx avx2 fma\n"
ALDER_LAKE = "flags\t\t: fpu avx2 avx_vnni\nvmx flags\t: vnmi avx512f\n"
SAPPHIRE_RAPIDS = "flags\t\t: avx2 avx512f avx512_vnni avx_vnni amx_bf16 amx_tile amx_int8\n"
RASPBERRY_PI_4 = "Features\t: fp asimd evtstrm crc32 cpuid\n"
GRAVITON_3 = "Features\t: fp asimd asimddp sve i8mm bf16\n"
BIG_LITTLE = "Features\t: fp asimd asimddp i8mm\n\nFeatures\t: fp asimd\n"
MACBOOK_M2 = (
    "hw.optional.AdvSIMD: 1\nhw.optional.arm.FEAT_DotProd: 1\nhw.optional.arm.FEAT_I8MM: 1\nhw.optional.avx2_0: 0\n"
)
MACBOOK_INTEL = "machdep.cpu.features: FPU SSE2 AVX1.0\nmachdep.cpu.leaf7_features: SMEP BMI1 AVX2 AVX512F AVX512VNNI\n"


@pytest.mark.parametrize(
    ("text", "expected", "saturates"),
    [
        (CASCADE_LAKE, {"avx2", "avx512f", "avx512_vnni"}, False),
        (HASWELL, {"avx2"}, True),
        (ALDER_LAKE, {"avx2", "avx_vnni"}, False),
        (SAPPHIRE_RAPIDS, {"avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"}, False),
        (RASPBERRY_PI_4, {"asimd"}, False),
        (GRAVITON_3, {"asimd", "asimddp", "i8mm"}, False),
        (BIG_LITTLE, {"asimd"}, False),
        ("", set(), True),
    ],
)
def test_linux(text, expected, saturates):
    assert cpuinfo_features(text) == expected
    assert int8_saturates(cpuinfo_features(text)) is saturates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MACBOOK_M2, {"asimd", "asimddp", "i8mm"}),
        (MACBOOK_INTEL, {"avx2", "avx512f", "avx512_vnni"}),
        ("hw.optional.arm.FEAT_I8MM: 0\n", set()),
        ("", set()),
    ],
)
def test_macos(text, expected):
    assert sysctl_features(text) == expected


def test_this_machine():
    assert features() <= set(FEATURES)
    assert processor_name()
    assert usable_cores() >= 1


@pytest.mark.skipif(not Path("/usr/bin/lscpu").exists(), reason="needs lscpu")
def test_this_machine_as_lscpu_sees_it():
    flags = set(subprocess.run(["/usr/bin/lscpu"], capture_output=True, text=True, check=True).stdout.split())
    assert features() == flags & set(FEATURES)


@pytest.mark.skipif(sys.platform != "linux", reason="affinity is Linux' own")
def test_affinity_limits_the_cores():
    script = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from models.processor import usable_cores; print(usable_cores())"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout == "1\n", done.stderr


def tree(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "cores", "memory"),
    [
        ({}, None, None),
        ({"proc/self/cgroup": "0::/\n"}, None, None),
        (
            {
                "proc/self/cgroup": "0::/pod/app\n",
                "sys/fs/cgroup/pod/app/cpu.max": "max 100000\n",
                "sys/fs/cgroup/pod/cpu.max": "150000 100000\n",
                "sys/fs/cgroup/pod/app/memory.max": "2147483648\n",
                "sys/fs/cgroup/pod/memory.max": "max\n",
            },
            1.5,
            2 << 30,
        ),
        ({"proc/self/cgroup": "0::/gone\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5, None),
        (
            {
                "proc/self/cgroup": "4:memory:/box\n1:cpu,cpuacct:/box\n0::/\n",
                "sys/fs/cgroup/cpu/box/cpu.cfs_quota_us": "200000\n",
                "sys/fs/cgroup/cpu/box/cpu.cfs_period_us": "100000\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
                "sys/fs/cgroup/memory/box/memory.limit_in_bytes": "1073741824\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            2.0,
            1 << 30,
        ),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "garbage"}, None, None),
    ],
)
def test_control_groups(tmp_path, files, cores, memory):
    root = tree(tmp_path, files)
    assert processor_quota(root) == cores
    assert memory_limit(root) == memory
