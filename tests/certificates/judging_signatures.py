"""pyHanko judges signatures, at any moment and asking nobody (EN 319 102-1, 5.6.3)."""

import asyncio
import io
from collections.abc import Sequence
from datetime import datetime

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import AdESLTAValidationResult, ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    NonRevokedStatusAssertion,
    RevocationCheckingPolicy,
)
from pyhanko_certvalidator.registry import SimpleTrustManager


def judge(
    pdf: bytes, at: datetime, roots: Sequence[x509.Certificate], patch: pytest.MonkeyPatch
) -> AdESLTAValidationResult:
    """Whether the first signature counts then.

    Of the newest timestamp it is said that it was not revoked: no evidence of that can be in a file
    that it covers, a judge of that day asks its authority. pyHanko's own simulation says the same.
    """

    class Then(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003  pyHanko names it
            return at

    reader = PdfFileReader(io.BytesIO(pdf))
    stamps = reader.embedded_timestamp_signatures
    said = [NonRevokedStatusAssertion(each.signer_cert.sha256, at=at) for each in stamps[-1:]]
    specification = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(trust_roots=list(roots)),
                revinfo_policy=CertRevTrustPolicy(
                    RevocationCheckingPolicy.from_legacy("hard-fail")
                ),
            ),
            local_knowledge=LocalKnowledge(nonrevoked_assertions=said),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
        )
    )
    timing = ValidationTimingInfo(
        validation_time=at, best_signature_time=at, point_in_time_validation=True
    )
    with patch.context() as moved:
        moved.setattr("pyhanko_certvalidator.ltv.poe.datetime", Then)
        moved.setattr("pyhanko_certvalidator.ltv.ades_past.datetime", Then)
        signature = reader.embedded_regular_signatures[0]
        return asyncio.run(ades_lta_validation(signature, specification, timing_info=timing))
