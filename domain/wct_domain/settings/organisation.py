"""Who answers for the processing: what a results document says of the organisation.

The shape is that of the seed's ``organisation.yaml``. GDPR Article 30(1)(a) asks for
the controller, and where there are any for joint controllers, representatives and the
data protection officer, in the record of processing activities.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict


def _stated(what: str) -> AfterValidator:
    def checked(text: str) -> str:
        if not text.strip():
            msg = f"Data controller {what} is required for GDPR compliance"
            raise ValueError(msg)
        return text

    return AfterValidator(checked)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataControllerConfig(_Part):
    """Who decides why and how personal data is processed (GDPR Article 4(7))."""

    name: Annotated[str, _stated("name")]
    address: Annotated[str, _stated("address")]
    contact_email: Annotated[str, _stated("contact email")]
    company_nr: str | None = None
    trading_name: str | None = None
    jurisdictions: list[str] = []


class JointControllerConfig(_Part):
    """Who decides together with the controller (GDPR Article 26)."""

    name: str
    processing_purposes: list[str] | str
    contact_email: str
    contact_address: str


class Representative(_Part):
    """Who stands for a controller that is not established in the EU (Article 27)."""

    company_name: str
    company_jurisdiction: str
    contact_email: str
    contact_address: str
    representative_jurisdiction: str


class DpoConfig(_Part):
    """The data protection officer (GDPR Article 37)."""

    name: str
    contact_email: str
    contact_address: str


class PrivacyContactConfig(_Part):
    """Whom data subjects write to."""

    email: str


class DataRetentionConfig(_Part):
    """How long data is kept (GDPR Article 30(1)(f))."""

    general_rule: str
    exceptions: dict[str, str] = {}


class OrganisationConfig(_Part):
    """All that is said of the organisation."""

    data_controller: DataControllerConfig
    joint_controller: JointControllerConfig | None = None
    representatives: list[Representative] = []
    dpo: DpoConfig | None = None
    privacy_contact: PrivacyContactConfig | None = None
    data_retention: DataRetentionConfig | None = None

    def to_export_metadata(self) -> dict[str, Any]:
        """Return what stands under ``organisation`` in a results document.

        Fields that are not required, and say nothing, are left out.
        """
        said = {name: _saying(value) for name, value in self if value}
        return {name: value for name, value in said.items() if value}


def _saying(part: Any) -> Any:
    """Turn a part, or several, into JSON, without fields that say nothing."""
    if isinstance(part, _Part):
        return {name: value for name, value in part.model_dump().items() if value}
    return [each.model_dump() for each in part]
