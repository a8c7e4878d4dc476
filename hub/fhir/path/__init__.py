"""FHIRPath, compiled to closures. https://hl7.org/fhirpath/N1/, https://www.hl7.org/fhir/R4/fhirpath.html"""

from hub.fhir.path.compiler import Expression, compile_path
from hub.fhir.path.parser import PathSyntaxError
from hub.fhir.path.values import Env, PathError

__all__ = ["Env", "Expression", "PathError", "PathSyntaxError", "compile_path"]
