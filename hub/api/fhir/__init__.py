"""The FHIR R4 interface, one file per interaction. https://www.hl7.org/fhir/R4/http.html"""
